#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "report.h"

/// One encode and the file that grows.
struct png_encode {
    png_structp library;
    png_infop info;
    jmp_buf escape;
    struct codec_report *report;
    struct codec_file file;
    size_t room;
};

static _Noreturn void on_error(png_structp library, png_const_charp text) {
    struct png_encode *encode = png_get_error_ptr(library);
    if (encode->report->status == codec_ok) encode->report->status = codec_unsupported;
    report_message(encode->report, text);
    longjmp(encode->escape, 1);
}

static void on_warning(png_structp library, png_const_charp text) {
    (void)library;
    (void)text;
}

static void write_bytes(png_structp library, png_bytep bytes, size_t count) {
    struct png_encode *encode = png_get_io_ptr(library);
    if (count > encode->room - encode->file.count) {
        size_t room = encode->room + encode->room / 2 + count + 4096;
        uint8_t *grown = realloc(encode->file.bytes, room);
        if (!grown) {
            encode->report->status = codec_no_memory;
            png_error(library, "no memory for the file");
        }
        encode->file.bytes = grown;
        encode->room = room;
    }
    memcpy(encode->file.bytes + encode->file.count, bytes, count);
    encode->file.count += count;
}

static void flush(png_structp library) { (void)library; }

static void run(struct png_encode *encode, const uint8_t *pixels, uint32_t width, uint32_t height) {
    if (setjmp(encode->escape)) return;
    encode->library = png_create_write_struct(PNG_LIBPNG_VER_STRING, encode, on_error, on_warning);
    if (encode->library) encode->info = png_create_info_struct(encode->library);
    if (!encode->info) {
        encode->report->status = codec_no_memory;
        report_message(encode->report, "no memory for the encoder");
        return;
    }
    png_structp library = encode->library;
    png_set_write_fn(library, encode, write_bytes, flush);
    png_set_IHDR(
        library, encode->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_write_info(library, encode->info);
    size_t stride = (size_t)width * 3;
    for (size_t y = 0; y < height; y++) png_write_row(library, pixels + y * stride);
    png_write_end(library, NULL);
}

struct codec_file codec_png_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, struct codec_report *report) {
    struct png_encode encode = {.report = report};
    report_start(report);
    run(&encode, pixels, width, height);
    png_destroy_write_struct(&encode.library, &encode.info);
    if (report->status == codec_ok) return encode.file;
    free(encode.file.bytes);
    return (struct codec_file){NULL, 0};
}
