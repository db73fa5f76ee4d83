#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

// libjpeg and libpng report errors by longjmp, which must not cross Swift frames. These functions catch it on the C side
// and answer with a report. None of them keeps state, prints, or touches memory other than what it is given.

enum codec_status {
    codec_ok = 0,
    codec_truncated,   ///< the bytes end before the picture does
    codec_corrupt,     ///< the bytes contradict the format
    codec_unsupported, ///< a feature of the format that is not decoded
    codec_no_memory,
};

/// How a call ended.
struct codec_report {
    int32_t status;    ///< an `enum codec_status`
    int32_t scan;      ///< scan of a progressive JPEG being read, from 1; 0 for none
    int64_t row;       ///< picture row being read, from 0; -1 before the first
    int64_t offset;    ///< bytes consumed
    int32_t warnings;  ///< damage that was passed over
    char message[200]; ///< what was wrong, or the first warning; terminated
};

/// Decodes a JPEG of 1, 3 or 4 components and 8 bits.
///
/// - Parameters:
///   - width, height: what the header says (the caller has checked it); anything else in the file is `codec_corrupt`.
///   - max_scans: scans allowed in one file, so that a small file cannot ask for unbounded work.
///   - pixels: [height, width, 3] bytes to fill, red first. CMYK follows Adobe's inverted convention.
void codec_jpeg_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int32_t max_scans, uint8_t *pixels,
    struct codec_report *report);

/// Decodes a PNG (for an animation: its default image) to 8 bits, transparent parts over white, without gamma.
///
/// - Parameters:
///   - width, height: what the header says (the caller has checked it).
///   - pixels: [height, width, 3] bytes to fill, red first.
void codec_png_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels, struct codec_report *report);

/// A file in memory that `codec_free` gives back.
struct codec_file {
    uint8_t *bytes;
    size_t count;
};

/// Encodes [height, width, 3] bytes, red first, as a JPEG.
///
/// - Parameters:
///   - quality: 1 to 100, libjpeg's scale.
///   - full_chroma: nonzero keeps colour at full resolution, else it is halved both ways.
struct codec_file codec_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int32_t quality, int32_t progressive, int32_t full_chroma,
    struct codec_report *report);

/// Encodes [height, width, 3] bytes, red first, as a PNG of 8 bits a channel.
struct codec_file codec_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, struct codec_report *report);

/// Frees an encoded file.
void codec_free(struct codec_file file);

#endif
