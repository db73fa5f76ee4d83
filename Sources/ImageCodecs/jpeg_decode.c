#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

#include "report.h"

/// One decode: libjpeg's managers (each finds the whole through `client_data`) and what they have seen.
struct jpeg_decode {
    struct jpeg_decompress_struct library;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    struct codec_report *report;
    size_t count;
    int max_scans;
    /// One bit a component that some scan held.
    unsigned components_seen;
    /// The picture is spread over several scans.
    bool multiple;
    /// The bytes are used up and an end marker of our own was handed out.
    bool at_end;
};

static void note_place(struct jpeg_decode *decode) {
    struct jpeg_decompress_struct *library = &decode->library;
    struct codec_report *report = decode->report;
    report->offset = (int64_t)(decode->count - (decode->at_end ? 0 : decode->source.bytes_in_buffer));
    if (library->global_state == 0 || library->max_v_samp_factor == 0 || library->input_scan_number == 0) return;
    int64_t row = (int64_t)library->input_iMCU_row * library->max_v_samp_factor * DCTSIZE;
    report->row = row < (int64_t)library->image_height ? row : (int64_t)library->image_height - 1;
    report->scan = decode->multiple ? library->input_scan_number : 0;
}

static _Noreturn void fail(struct jpeg_decode *decode, enum codec_status status, const char *text) {
    note_place(decode);
    decode->report->status = (int32_t)status;
    report_message(decode->report, text);
    longjmp(decode->escape, 1);
}

static _Noreturn void error_exit(j_common_ptr common) {
    struct jpeg_decode *decode = common->client_data;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    enum codec_status status = codec_corrupt;
    switch (common->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        status = codec_no_memory;
        break;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
        status = codec_unsupported;
        break;
    default:
        if (decode->at_end) status = codec_truncated;
    }
    fail(decode, status, text);
}

/// Whether data that ran out inside a scan is the picture's end. libjpeg would fill the rest with grey: half a photo is no
/// photo, but one whose file goes on to a true end marker may lack its last rows.
static bool is_cut(const struct jpeg_decode *decode) {
    const struct jpeg_decompress_struct *library = &decode->library;
    if (decode->at_end) return true;
    if (library->unread_marker != JPEG_EOI) return false;
    uint64_t row = (uint64_t)library->input_iMCU_row * (uint64_t)library->max_v_samp_factor * DCTSIZE;
    return decode->multiple || row * 16 < (uint64_t)library->image_height * 15;
}

static void emit_message(j_common_ptr common, int level) {
    if (level >= 0) return;
    struct jpeg_decode *decode = common->client_data;
    if (common->err->msg_code == JWRN_HIT_MARKER && is_cut(decode))
        fail(decode, codec_truncated, "the scan data ends early");
    if (decode->report->warnings++ == 0) {
        char text[JMSG_LENGTH_MAX];
        common->err->format_message(common, text);
        report_message(decode->report, text);
    }
}

static void output_message(j_common_ptr common) { (void)common; }

static void init_source(j_decompress_ptr library) { (void)library; }

static boolean fill_input_buffer(j_decompress_ptr library) {
    static const JOCTET end_of_image[2] = {0xFF, JPEG_EOI};
    struct jpeg_decode *decode = library->client_data;
    // A second call means that the first end marker was taken for data of a segment.
    if (decode->at_end) fail(decode, codec_truncated, "a segment reaches past the end");
    decode->at_end = true;
    library->src->next_input_byte = end_of_image;
    library->src->bytes_in_buffer = sizeof end_of_image;
    return TRUE;
}

static void skip_input_data(j_decompress_ptr library, long wanted) {
    struct jpeg_decode *decode = library->client_data;
    if (wanted <= 0) return;
    if (decode->at_end || (size_t)wanted > library->src->bytes_in_buffer)
        fail(decode, codec_truncated, "a segment reaches past the end");
    library->src->next_input_byte += wanted;
    library->src->bytes_in_buffer -= (size_t)wanted;
}

static void term_source(j_decompress_ptr library) { (void)library; }

/// Called by libjpeg for each row of blocks it reads: the place to bound scans and to see which components they hold.
static void progress_monitor(j_common_ptr common) {
    struct jpeg_decode *decode = common->client_data;
    struct jpeg_decompress_struct *library = &decode->library;
    if (library->input_scan_number > decode->max_scans) fail(decode, codec_corrupt, "too many scans");
    for (int index = 0; index < library->comps_in_scan; index++)
        decode->components_seen |= 1u << library->cur_comp_info[index]->component_index;
}

static void set_managers(struct jpeg_decode *decode, const uint8_t *bytes, size_t count) {
    struct jpeg_decompress_struct *library = &decode->library;
    library->err = jpeg_std_error(&decode->errors);
    decode->errors.error_exit = error_exit;
    decode->errors.emit_message = emit_message;
    decode->errors.output_message = output_message;
    decode->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = init_source,
        .fill_input_buffer = fill_input_buffer,
        .skip_input_data = skip_input_data,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = term_source,
    };
    decode->progress.progress_monitor = progress_monitor;
}

/// A multi-scan file is read whole before its first row: refuses one that lacks a component, or was cut between scans.
static void check_complete(struct jpeg_decode *decode) {
    struct jpeg_decompress_struct *library = &decode->library;
    enum codec_status status = decode->at_end ? codec_truncated : codec_corrupt;
    for (int component = 0; component < library->num_components; component++) {
        if (!(decode->components_seen >> component & 1)) fail(decode, status, "no scan holds one of the components");
        if (!library->progressive_mode || !library->coef_bits) continue;
        if (library->coef_bits[component][0] < 0) fail(decode, status, "no scan holds one of the components");
        for (int place = 0; decode->at_end && place < DCTSIZE2; place++)
            if (library->coef_bits[component][place] != 0) fail(decode, status, "scans are missing");
    }
}

/// (a * b) / 255, rounded.
static inline unsigned scaled(unsigned a, unsigned b) {
    unsigned product = a * b + 128;
    return (product + (product >> 8)) >> 8;
}

/// A row of Adobe's inverted CMYK (255 is no ink) to RGB, as Pillow converts it.
static void cmyk_row(const JSAMPLE *inks, uint8_t *pixels, uint32_t width) {
    for (uint32_t x = 0; x < width; x++) {
        unsigned light = inks[4 * x + 3];
        for (uint32_t channel = 0; channel < 3; channel++)
            pixels[3 * x + channel] = (uint8_t)(light - scaled(255u - inks[4 * x + channel], light));
    }
}

static void read_rows(struct jpeg_decode *decode, uint8_t *pixels) {
    enum { most = 16 };
    struct jpeg_decompress_struct *library = &decode->library;
    size_t stride = (size_t)library->output_width * 3;
    bool inks = library->out_color_space == JCS_CMYK;
    JSAMPARRAY ink_rows = NULL;
    if (inks)
        ink_rows = library->mem->alloc_sarray((j_common_ptr)library, JPOOL_IMAGE, library->output_width * 4, 1);
    while (library->output_scanline < library->output_height) {
        uint8_t *row = pixels + stride * library->output_scanline;
        if (inks) {
            if (jpeg_read_scanlines(library, ink_rows, 1) == 0) fail(decode, codec_corrupt, "no rows came");
            cmyk_row(ink_rows[0], row, library->output_width);
            continue;
        }
        JDIMENSION left = library->output_height - library->output_scanline;
        JDIMENSION wanted = left < most ? left : most;
        JSAMPROW rows[most];
        for (JDIMENSION index = 0; index < wanted; index++) rows[index] = row + stride * index;
        if (jpeg_read_scanlines(library, rows, wanted) == 0) fail(decode, codec_corrupt, "no rows came");
    }
}

/// What `setjmp` guards; apart from the function that owns `decode`, whose fields a jump must not leave undefined.
static void run(struct jpeg_decode *decode, uint32_t width, uint32_t height, uint8_t *pixels) {
    struct jpeg_decompress_struct *library = &decode->library;
    if (setjmp(decode->escape)) return;
    // Clears the structure but for `err` and `client_data`.
    jpeg_create_decompress(library);
    library->src = &decode->source;
    library->progress = &decode->progress;
    jpeg_read_header(library, TRUE);
    if (library->image_width != width || library->image_height != height)
        fail(decode, codec_corrupt, "the size differs from the first frame header");
    if (library->data_precision != 8) fail(decode, codec_unsupported, "not 8 bits a sample");
    if (library->num_components != 1 && library->num_components != 3 && library->num_components != 4)
        fail(decode, codec_unsupported, "neither 1, 3 nor 4 components");
    decode->multiple = jpeg_has_multiple_scans(library);
    library->out_color_space = library->num_components == 4 ? JCS_CMYK : JCS_RGB;
    library->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(library);
    if (decode->multiple) check_complete(decode);
    // The end marker is not insisted on: every row is here.
    read_rows(decode, pixels);
    note_place(decode);
}

void codec_jpeg_decode(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, int32_t max_scans, uint8_t *pixels,
    struct codec_report *report) {
    struct jpeg_decode decode = {.report = report, .count = count, .max_scans = max_scans};
    report_start(report);
    set_managers(&decode, bytes, count);
    decode.library.client_data = &decode;
    run(&decode, width, height, pixels);
    jpeg_destroy_decompress(&decode.library);
}
