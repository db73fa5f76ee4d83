#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "report.h"

/// One decode: where it reads, where it is.
struct png_decode {
    png_structp library;
    png_infop info;
    jmp_buf escape;
    struct codec_report *report;
    const uint8_t *bytes;
    size_t count;
    size_t offset;
    /// One row as libpng gives it: RGB or RGBA.
    uint8_t *row;
};

static _Noreturn void fail(struct png_decode *decode, enum codec_status status, const char *text) {
    decode->report->status = (int32_t)status;
    decode->report->offset = (int64_t)decode->offset;
    report_message(decode->report, text);
    longjmp(decode->escape, 1);
}

static _Noreturn void on_error(png_structp library, png_const_charp text) {
    fail(png_get_error_ptr(library), codec_corrupt, text);
}

static void on_warning(png_structp library, png_const_charp text) {
    struct png_decode *decode = png_get_error_ptr(library);
    if (decode->report->warnings++ == 0) report_message(decode->report, text);
}

static void read_bytes(png_structp library, png_bytep target, size_t wanted) {
    struct png_decode *decode = png_get_io_ptr(library);
    if (wanted > decode->count - decode->offset) {
        decode->offset = decode->count;
        fail(decode, codec_truncated, "the file ends early");
    }
    memcpy(target, decode->bytes + decode->offset, wanted);
    decode->offset += wanted;
}

/// Passes over every chunk that does not change the pixels: text, profiles, gamma and what else could hold a bomb.
static void skip_ancillary_chunks(png_structp library) {
#ifdef PNG_HANDLE_AS_UNKNOWN_SUPPORTED
    static const png_byte names[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0"
                                    "sRGB\0sTER\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(library, PNG_HANDLE_CHUNK_NEVER, names, (int)(sizeof names / 5));
#else
    (void)library;
#endif
}

/// Asks for 8-bit RGB, or RGBA where anything may be transparent.
static void set_transforms(struct png_decode *decode) {
    png_structp library = decode->library;
    png_set_expand(library);
    // The high byte: no rounding, as Pillow reads 16-bit colour.
    png_set_strip_16(library);
    png_set_gray_to_rgb(library);
    png_read_update_info(library, decode->info);
}

/// Copies `columns` pixels of a row to every `step`th place from `target`, over white where there is alpha.
static void place_row(const uint8_t *row, int channels, uint8_t *target, size_t columns, size_t step) {
    for (size_t x = 0; x < columns; x++, row += channels, target += 3 * step) {
        unsigned alpha = channels == 4 ? row[3] : 255;
        for (int channel = 0; channel < 3; channel++) {
            unsigned blend = row[channel] * alpha + 255 * (255 - alpha) + 128;
            target[channel] = (uint8_t)((blend + (blend >> 8)) >> 8);
        }
    }
}

/// Reads the passes of an interlaced picture (one otherwise), each row placed where it belongs. libpng's own placing
/// would need a second picture with alpha.
static void read_rows(struct png_decode *decode, uint8_t *pixels) {
    png_structp library = decode->library;
    size_t width = png_get_image_width(library, decode->info);
    size_t height = png_get_image_height(library, decode->info);
    int channels = png_get_channels(library, decode->info);
    bool interlaced = png_get_interlace_type(library, decode->info) == PNG_INTERLACE_ADAM7;
    for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++) {
        size_t left = interlaced ? (size_t)PNG_PASS_START_COL(pass) : 0;
        size_t top = interlaced ? (size_t)PNG_PASS_START_ROW(pass) : 0;
        size_t across = interlaced ? (size_t)1 << PNG_PASS_COL_SHIFT(pass) : 1;
        size_t down = interlaced ? (size_t)1 << PNG_PASS_ROW_SHIFT(pass) : 1;
        size_t columns = left < width ? (width - left + across - 1) / across : 0;
        if (columns == 0) continue;
        for (size_t y = top; y < height; y += down) {
            decode->report->row = (int64_t)y;
            uint8_t *target = pixels + (y * width + left) * 3;
            if (!interlaced && channels == 3) {
                png_read_row(library, target, NULL);
                continue;
            }
            png_read_row(library, decode->row, NULL);
            place_row(decode->row, channels, target, columns, across);
        }
    }
}

/// What `setjmp` guards; apart from the function that owns `decode`, whose fields a jump must not leave undefined.
static void run(struct png_decode *decode, uint32_t width, uint32_t height, uint8_t *pixels) {
    if (setjmp(decode->escape)) return;
    decode->library = png_create_read_struct(PNG_LIBPNG_VER_STRING, decode, on_error, on_warning);
    if (!decode->library) fail(decode, codec_no_memory, "no memory for the decoder");
    decode->info = png_create_info_struct(decode->library);
    if (!decode->info) fail(decode, codec_no_memory, "no memory for the decoder");
    png_structp library = decode->library;
    png_set_read_fn(library, decode, read_bytes);
    png_set_user_limits(library, width, height);
    skip_ancillary_chunks(library);
    png_read_info(library, decode->info);
    if (png_get_image_width(library, decode->info) != width || png_get_image_height(library, decode->info) != height)
        fail(decode, codec_corrupt, "the size differs from the first header");
    set_transforms(decode);
    int channels = png_get_channels(library, decode->info);
    size_t room = png_get_rowbytes(library, decode->info);
    if (png_get_bit_depth(library, decode->info) != 8 || (channels != 3 && channels != 4)
        || room != (size_t)width * (size_t)channels)
        fail(decode, codec_unsupported, "samples of an unexpected layout");
    decode->row = malloc(room);
    if (!decode->row) fail(decode, codec_no_memory, "no memory for a row");
    // What follows the last row (end chunk, text) is not insisted on.
    read_rows(decode, pixels);
    decode->report->offset = (int64_t)decode->offset;
}

void codec_png_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *pixels, struct codec_report *report) {
    struct png_decode decode = {.report = report, .bytes = bytes, .count = count};
    report_start(report);
    run(&decode, width, height, pixels);
    free(decode.row);
    png_destroy_read_struct(&decode.library, &decode.info, NULL);
}
