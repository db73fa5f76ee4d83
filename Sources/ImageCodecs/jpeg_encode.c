#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

#include "report.h"

/// One encode.
struct jpeg_encode {
    struct jpeg_compress_struct library;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    struct codec_report *report;
    unsigned char *bytes;
    unsigned long count;
};

static _Noreturn void error_exit(j_common_ptr common) {
    struct jpeg_encode *encode = common->client_data;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    encode->report->status = common->err->msg_code == JERR_OUT_OF_MEMORY ? codec_no_memory : codec_unsupported;
    report_message(encode->report, text);
    longjmp(encode->escape, 1);
}

static void output_message(j_common_ptr common) { (void)common; }

static void run(
    struct jpeg_encode *encode, const uint8_t *pixels, uint32_t width, uint32_t height, int32_t quality,
    int32_t progressive, int32_t full_chroma) {
    struct jpeg_compress_struct *library = &encode->library;
    if (setjmp(encode->escape)) return;
    jpeg_create_compress(library);
    jpeg_mem_dest(library, &encode->bytes, &encode->count);
    library->image_width = width;
    library->image_height = height;
    library->input_components = 3;
    library->in_color_space = JCS_RGB;
    jpeg_set_defaults(library);
    jpeg_set_quality(library, quality, TRUE);
    library->optimize_coding = TRUE;
    if (full_chroma) {
        library->comp_info[0].h_samp_factor = 1;
        library->comp_info[0].v_samp_factor = 1;
    }
    if (progressive) jpeg_simple_progression(library);
    jpeg_start_compress(library, TRUE);
    size_t stride = (size_t)width * 3;
    while (library->next_scanline < height) {
        // libjpeg takes a pointer to writable rows but only reads them.
        JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + stride * library->next_scanline);
        jpeg_write_scanlines(library, &row, 1);
    }
    jpeg_finish_compress(library);
}

struct codec_file codec_jpeg_encode(
    const uint8_t *pixels, uint32_t width, uint32_t height, int32_t quality, int32_t progressive, int32_t full_chroma,
    struct codec_report *report) {
    struct jpeg_encode encode = {.report = report};
    report_start(report);
    encode.library.err = jpeg_std_error(&encode.errors);
    encode.library.client_data = &encode;
    encode.errors.error_exit = error_exit;
    encode.errors.output_message = output_message;
    run(&encode, pixels, width, height, quality, progressive, full_chroma);
    // Also hands over what the destination holds, so that it can be freed after an error.
    if (encode.library.dest && report->status != codec_ok) encode.library.dest->term_destination(&encode.library);
    jpeg_destroy_compress(&encode.library);
    struct codec_file file = {encode.bytes, encode.count};
    if (report->status == codec_ok) return file;
    free(encode.bytes);
    return (struct codec_file){NULL, 0};
}
