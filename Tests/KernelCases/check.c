#include "check.h"

#include <stdarg.h>
#include <stdio.h>

void fail(struct check *check, const char *format, ...) {
    if (check->result.message[0] != 0) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(check->result.message, sizeof check->result.message, format, arguments);
    va_end(arguments);
}

/* Each block: its size, where its bytes start, a guard, the bytes, a guard; AddressSanitizer watches the end itself. */
#if __has_feature(address_sanitizer)
enum { guard = 0, fence = 0xA5 };
#else
enum { guard = 16, fence = 0xA5 };
#endif
struct head {
    size_t bytes, start;
};

static void *guarded(struct check *check, size_t bytes, size_t start) {
    if (check->block_count == 256) abort();
    unsigned char *block = malloc(start + bytes + guard);
    if (block == NULL) abort();
    memset(block, fence, start + bytes + guard);
    memcpy(block, &(struct head){bytes, start}, sizeof(struct head));
    check->blocks[check->block_count++] = block;
    return block + start;
}

void *memory(struct check *check, size_t bytes) { return guarded(check, bytes, 64 + sizeof(float)); }
double *doubles(struct check *check, long n) { return guarded(check, (size_t)n * sizeof(double), 64); }

void release(struct check *check) {
    for (int b = 0; b < check->block_count; b++) {
        unsigned char *block = check->blocks[b];
        struct head head;
        memcpy(&head, block, sizeof head);
        for (size_t i = sizeof head; i < head.start; i++)
            if (block[i] != fence) fail(check, "wrote %zu bytes before its output", head.start - i);
        for (size_t i = 0; i < guard; i++)
            if (block[head.start + head.bytes + i] != fence) fail(check, "wrote %zu bytes past its output", i + 1);
        free(block);
    }
    check->block_count = 0;
}

uint64_t next_random(struct check *check) {
    uint64_t z = check->random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

float *random_floats(struct check *check, long n, float low, float high) {
    float *x = memory(check, (size_t)n * sizeof(float));
    for (long i = 0; i < n; i++) x[i] = low + (high - low) * (float)(next_random(check) >> 40) * 0x1p-24f;
    return x;
}

float *unset_floats(struct check *check, long n) {
    float *y = memory(check, (size_t)n * sizeof(float));
    for (long i = 0; i < n; i++) y[i] = -7654321.0f;
    return y;
}

/* The distance from a float of this magnitude to the next. */
static double unit_in_last_place(double value) {
    int exponent;
    if (value == 0) return 0x1p-149;
    frexp(value, &exponent);
    double unit = ldexp(1.0, exponent - 24);
    return unit < 0x1p-149 ? 0x1p-149 : unit;
}

void compare(
    struct check *check, const char *what, const float *got, const double *expected, const double *scales, long n,
    struct tolerance tolerance) {
    for (long i = 0; i < n; i++) {
        check->result.comparisons++;
        double e = expected[i], g = got[i];
        if (g == e || (float)e == got[i] || (isnan(e) && isnan(g))) continue;
        double allowed = tolerance.absolute;
        if (tolerance.ulps > 0) allowed += tolerance.ulps * unit_in_last_place(e);
        if (tolerance.relative > 0) allowed += tolerance.relative * scales[i];
        if (!(fabs(g - e) <= allowed)) {
            fail(check, "%s, n = %ld: at %ld: %.9g, expected %.9g, allowed %.3g", what, n, i, g, e, allowed);
            return;
        }
    }
}

void compare_bytes(struct check *check, const char *what, const void *got, const void *expected, size_t bytes) {
    const unsigned char *a = got, *b = expected;
    for (size_t i = 0; i < bytes; i++) {
        check->result.comparisons++;
        if (a[i] != b[i]) {
            fail(check, "%s, %zu bytes: at %zu: %d, expected %d", what, bytes, i, a[i], b[i]);
            return;
        }
    }
}

void compare_bits(struct check *check, const char *what, const float *got, const float *expected, long n) {
    for (long i = 0; i < n; i++) {
        check->result.comparisons++;
        if (memcmp(got + i, expected + i, sizeof(float)) != 0) {
            fail(check, "%s, n = %ld: at %ld: %.9g, not the same bits as %.9g", what, n, i, got[i], expected[i]);
            return;
        }
    }
}

double half_value(uint16_t half) {
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double value = exponent == 31 ? (fraction ? NAN : INFINITY)
                   : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                  : ldexp(fraction, -24);
    return half & 0x8000 ? -value : value;
}

uint16_t half_nearest(double value) {
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    double magnitude = fabs(value);
    if (isnan(value)) return sign | 0x7e00;
    if (magnitude == 0) return sign;
    if (magnitude >= 65520.0) return sign | 0x7c00;
    int exponent = 0;
    frexp(magnitude, &exponent);
    if (exponent < -13) exponent = -13;
    /* nearbyint rounds ties to even; a fraction that rounds up to 2048 carries into the exponent by itself. */
    int fraction = (int)nearbyint(ldexp(magnitude, 11 - exponent));
    return sign | (uint16_t)(((exponent + 13) << 10) + fraction);
}

struct kernels_window make_window(
    long height, long width, long kernel_height, long kernel_width, long stride, long dilation, long pad) {
    struct kernels_window w = {
        .height = height, .width = width, .kernel_height = kernel_height, .kernel_width = kernel_width,
        .stride_y = stride, .stride_x = stride, .dilation_y = dilation, .dilation_x = dilation,
        .pad_top = pad, .pad_left = pad, .pad_bottom = pad, .pad_right = pad};
    w.out_height = (height + 2 * pad - dilation * (kernel_height - 1) - 1) / stride + 1;
    w.out_width = (width + 2 * pad - dilation * (kernel_width - 1) - 1) / stride + 1;
    return w;
}

int sample_windows(const struct kernels_window **windows) {
    enum { most = 128 };
    static struct kernels_window list[most];
    int count = 0;
    static const long image_sizes[][2] = {{1, 1}, {3, 3}, {5, 17}, {9, 33}, {12, 65}};
    static const long kernels[][2] = {{1, 1}, {2, 2}, {3, 3}, {5, 5}, {7, 7}, {1, 3}, {3, 1}};
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 7; k++) {
            for (long stride = 1; stride <= 3; stride++) {
                long height = image_sizes[i][0], width = image_sizes[i][1];
                long dilation = (k + stride) % 3 == 0 ? 2 : 1;
                long reach = dilation * ((kernels[k][0] > kernels[k][1] ? kernels[k][0] : kernels[k][1]) - 1);
                struct kernels_window w =
                    make_window(height, width, kernels[k][0], kernels[k][1], stride, dilation, (reach + 1) / 2);
                /* One in three pads on one side only, with other strides along the two axes. */
                if ((i + k + stride) % 3 == 0 && height > reach) {
                    w = make_window(height, width, kernels[k][0], kernels[k][1], stride, dilation, 0);
                    w.pad_right = 1;
                    w.stride_y = 1;
                    w.out_height = height - dilation * (w.kernel_height - 1);
                    w.out_width = (width + 1 - dilation * (w.kernel_width - 1) - 1) / stride + 1;
                }
                if (w.out_height > 0 && w.out_width > 0) list[count++] = w;
            }
        }
    }
    /* Wider than the strips that rows are worked on in, with windows that fit them and that do not; taller than a
     * ring. */
    list[count++] = make_window(4, 1300, 3, 3, 1, 1, 1);
    list[count++] = make_window(3, 1300, 3, 3, 2, 1, 1);
    list[count++] = make_window(3, 1300, 2, 9, 2, 7, 7);
    list[count++] = make_window(1, 800, 1, 560, 1, 1, 2);
    list[count++] = make_window(1, 1300, 1, 513, 2, 2, 30);
    list[count++] = make_window(25, 20, 9, 3, 1, 1, 4);
    list[count++] = make_window(25, 20, 5, 5, 1, 2, 4);
    /* The largest windows whose edges are copied, and rows enough to fill the copies. */
    list[count++] = make_window(40, 40, 7, 7, 1, 1, 3);
    list[count++] = make_window(40, 41, 7, 7, 2, 1, 3);
    *windows = list;
    return count;
}
