#include "blocked.h"

/* Products and windows in the blocked layout. */

/* What the pixels asked for become, what lies between the blocks unset; then the same in cuts. */
static void check_product(struct check *check, const struct convolution *c) {
    long length = (c->outputs - 1) * c->target_stride + c->count * lanes;
    float *y = unset_floats(check, length), *cut = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) expected[i] = y[i], scales[i] = 0;
    for (long filter = 0; filter < c->outputs * lanes; filter++) {
        for (long i = 0; i < c->count; i++) {
            long place = filter / lanes * c->target_stride + i * lanes + filter % lanes;
            double sum = convolution_sum(c, filter, c->first + i, &scales[place]);
            if (c->residual) sum += c->residual[place], scales[place] += fabs(c->residual[place]);
            if (c->slopes && sum < 0) sum *= c->slopes[filter];
            expected[place] = bounded(sum, c->low, c->high);
        }
    }
    run_product(check, c, 0, c->outputs, c->first, c->count, y);
    long terms = c->channels * c->kernel_height * c->kernel_width;
    compare(check, c->width == 1 ? "planes" : "blocks", y, expected, scales, length, of_taps(terms));
    long middle = c->count * 2 / 5;
    for (long block = 0; block < c->outputs; block += 2) {
        long blocks = c->outputs - block < 2 ? c->outputs - block : 2;
        run_product(check, c, block, blocks, c->first, middle, cut);
        run_product(check, c, block, blocks, c->first + middle, c->count - middle, cut);
    }
    compare_bits(check, "in cuts", cut, y, length);
}

void check_blocked_product_f32(struct check *check) {
    /* Channels, how many lie side by side, kernel height and width, stride, dilation, outputs of a row. Past 128
     * channels, or 256 channels times taps, sums are done in parts. */
    static const long list[][7] = {
        {1, 8, 1, 1, 1, 1, 100}, {13, 8, 3, 3, 1, 1, 7},   {24, 8, 3, 3, 2, 1, 9},   {7, 8, 5, 5, 1, 2, 5},
        {10, 8, 1, 7, 1, 1, 11}, {6, 8, 1, 7, 3, 2, 4},    {11, 8, 7, 7, 3, 1, 3},   {61, 8, 3, 3, 1, 2, 6},
        {533, 8, 1, 1, 1, 1, 50}, {256, 8, 1, 1, 2, 1, 13}, {260, 8, 1, 1, 3, 1, 1}, {16, 8, 5, 5, 2, 1, 8},
        {1, 1, 3, 3, 1, 1, 8},   {2, 1, 5, 5, 2, 1, 5},    {3, 1, 7, 7, 2, 1, 10},   {4, 1, 1, 1, 1, 1, 33},
        {4, 1, 1, 7, 3, 2, 6},   {3, 1, 11, 11, 1, 1, 4},  {8, 8, 3, 3, 3, 2, 2}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        const long *l = list[s];
        /* Up to 41 outputs, then more than two runs of the 36 that are worked on together. */
        for (long count = s % 7; count < 80; count += count < 35 ? 7 : 37) {
            struct convolution c = {
                .channels = l[0], .width = l[1], .kernel_height = l[2], .kernel_width = l[3], .stride = l[4],
                .dilation = l[5], .out_width = l[6], .outputs = 1 + (count + s) % 5, .count = count};
            c.first = (long)(next_random(check) % (uint64_t)(2 * c.out_width));
            c.target_stride = (count + count % 3) * lanes;
            c.in_height = (c.first + count) / c.out_width * c.stride + (c.kernel_height - 1) * c.dilation + 1;
            c.in_width = (c.out_width - 1) * c.stride + (c.kernel_width - 1) * c.dilation + 1 + count % 2;
            c.low = count % 2 ? -3.0f : -INFINITY, c.high = count % 3 ? 2.0f : INFINITY;
            float *x = random_blocks(check, c.channels, c.width, c.in_height * c.in_width);
            /* NaN under the first pixel, in the first channel. */
            long corner = c.first / c.out_width * c.in_width + c.first % c.out_width;
            if (count % 4 == 1) x[corner * c.stride * c.width] = NAN;
            c.x = x;
            long weights = c.channels * c.kernel_height * c.kernel_width * lanes * c.outputs;
            c.weights = random_floats(check, weights, -1, 1);
            c.packed = packed_weights(
                check, c.weights, c.outputs, c.channels, c.width, c.kernel_height * c.kernel_width);
            c.bias = random_floats(check, c.outputs * lanes, -2, 2);
            if ((count + s) % 2) c.residual = random_floats(check, c.outputs * c.target_stride, -2, 2);
            if ((count + s) % 3 == 0) c.slopes = random_floats(check, c.outputs * lanes, -1, 1);
            check_product(check, &c);
            release(check);
        }
    }
}

/* [input block][tap][filter][lane], zeros past the channels. */
static const float *narrow_weights(struct check *check, const struct convolution *c, long filters) {
    long blocks = blocks_of(c->channels, lanes), taps = c->kernel_height * c->kernel_width;
    float *packed = unset_floats(check, blocks * taps * filters * lanes), *next = packed;
    for (long block = 0; block < blocks; block++)
        for (long tap = 0; tap < taps; tap++)
            for (long f = 0; f < filters; f++)
                for (long channel = block * lanes; channel < (block + 1) * lanes; channel++)
                    *next++ = channel < c->channels ? c->weights[(f * c->channels + channel) * taps + tap] : 0;
    return packed;
}

static void run_narrow(
    struct check *check, const struct convolution *c, long filters, long from, long count, float *y) {
    struct kernels_blocked_product product = product_of(c);
    long place = (from - c->first) * lanes;
    check->table->narrow_product_f32(
        &product, c->x, c->packed, c->bias, c->residual ? c->residual + place : NULL, filters, y + place, from, count);
}

/* All pixels asked for, then the same in cuts. */
static void check_narrow(struct check *check, const struct convolution *c, long filters) {
    long length = c->count * lanes;
    float *y = unset_floats(check, length), *cut = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) {
        long filter = i % lanes;
        double sum = c->bias[filter];
        scales[i] = fabs(sum);
        if (filter < filters) sum = convolution_sum(c, filter, c->first + i / lanes, &scales[i]);
        if (c->residual) sum += c->residual[i], scales[i] += fabs(c->residual[i]);
        expected[i] = bounded(sum, c->low, c->high);
    }
    run_narrow(check, c, filters, c->first, c->count, y);
    compare(
        check, "few filters", y, expected, scales, length, of_taps(c->channels * c->kernel_height * c->kernel_width));
    long middle = c->count * 2 / 5;
    run_narrow(check, c, filters, c->first, middle, cut);
    run_narrow(check, c, filters, c->first + middle, c->count - middle, cut);
    compare_bits(check, "in cuts", cut, y, length);
}

void check_narrow_product_f32(struct check *check) {
    /* Channels, kernel height and width, dilation, outputs of a row. */
    static const long list[][5] = {{1, 1, 1, 1, 100}, {13, 3, 3, 1, 7},  {24, 3, 3, 1, 9},  {7, 5, 5, 2, 5},
                                   {10, 1, 7, 1, 31}, {16, 9, 9, 1, 60}, {61, 3, 3, 2, 25}, {200, 1, 1, 1, 50}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        const long *l = list[s];
        for (long count = s % 7; count < 80; count += count < 35 ? 3 : 19) {
            struct convolution c = {
                .channels = l[0], .width = lanes, .kernel_height = l[1], .kernel_width = l[2], .stride = 1,
                .dilation = l[3], .out_width = l[4], .count = count};
            c.first = (long)(next_random(check) % (uint64_t)(2 * c.out_width));
            c.in_height = (c.first + count) / c.out_width + (c.kernel_height - 1) * c.dilation + 1;
            c.in_width = c.out_width + (c.kernel_width - 1) * c.dilation + count % 2;
            c.low = count % 2 ? -3.0f : -INFINITY, c.high = count % 3 ? 2.0f : INFINITY;
            float *x = random_blocks(check, c.channels, lanes, c.in_height * c.in_width);
            /* NaN under the first pixel, in the first channel. */
            if (count % 4 == 1) x[(c.first / c.out_width * c.in_width + c.first % c.out_width) * lanes] = NAN;
            c.x = x;
            long filters = 1 + (count + s) % kernels_narrow_filters;
            c.weights = random_floats(check, filters * c.channels * c.kernel_height * c.kernel_width, -1, 1);
            c.packed = narrow_weights(check, &c, filters);
            c.bias = random_floats(check, lanes, -2, 2);
            if (next_random(check) % 2) c.residual = random_floats(check, count * lanes, -2, 2);
            check_narrow(check, &c, filters);
            release(check);
        }
    }
}

void check_product_weights_f32(struct check *check) {
    /* Filters, channels, taps, lanes. */
    static const long list[][4] = {
        {1, 1, 1, 8}, {8, 8, 1, 8}, {16, 8, 1, 8}, {7, 13, 1, 8}, {21, 40, 1, 8}, {24, 3, 9, 1}, {33, 17, 9, 8},
        {9, 4, 25, 1}, {15, 11, 25, 8}, {40, 9, 49, 8}, {5, 30, 7, 8}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        long filters = list[s][0], channels = list[s][1], taps = list[s][2], outputs = blocks_of(filters, lanes);
        long length = outputs * lanes * channels * taps;
        /* As many as in whole blocks, zeros past the last. */
        float *weights = random_floats(check, length, -1, 1), *y = unset_floats(check, length);
        for (long i = filters * channels * taps; i < length; i++) weights[i] = 0;
        const float *packed = packed_weights(check, weights, outputs, channels, list[s][3], taps);
        double *expected = doubles(check, length);
        for (long i = 0; i < length; i++) expected[i] = packed[i];
        /* Alone, so that a read past them is seen. */
        float *given = unset_floats(check, filters * channels * taps);
        memcpy(given, weights, (size_t)(filters * channels * taps) * sizeof *given);
        check->table->product_weights_f32(given, filters, channels, taps, list[s][3], y);
        compare(check, "weights", y, expected, NULL, length, exact);
        release(check);
    }
}

/* The windows of the plane cases; then dilations up to 3 (every other has none), even kernels, paddings that differ by side
 * and are wider than the input, and outputs rounded up. */
static void each_window(
    struct check *check, void (*run)(struct check *check, const struct kernels_window *w, long index)) {
    const struct kernels_window *windows;
    int count = sample_windows(&windows);
    for (int i = 0; i < count; i++) run(check, windows + i, i), release(check);
    for (long i = 0; i < 500; i++) {
        long pick[13];
        static const uint64_t choices[13] = {20, 28, 7, 7, 3, 3, 3, 3, 8, 8, 8, 8, 4};
        for (int c = 0; c < 13; c++) pick[c] = (long)(next_random(check) % choices[c]);
        struct kernels_window w = {
            .height = 1 + pick[0], .width = 1 + pick[1], .kernel_height = 1 + pick[2], .kernel_width = 1 + pick[3],
            .stride_y = 1 + pick[4], .stride_x = 1 + pick[5],
            .dilation_y = 1 + pick[6] * (i % 2), .dilation_x = 1 + pick[7] * (i % 2), .pad_top = pick[8], .pad_left = pick[9], .pad_bottom = pick[10], .pad_right = pick[11]};
        long spare_y = w.height + pick[8] + pick[10] - (w.kernel_height - 1) * w.dilation_y - 1;
        long spare_x = w.width + pick[9] + pick[11] - (w.kernel_width - 1) * w.dilation_x - 1;
        if (spare_y < 0 || spare_x < 0) continue;
        w.out_height = spare_y / w.stride_y + 1 + (pick[12] == 0);
        w.out_width = spare_x / w.stride_x + 1 + (pick[12] == 0);
        run(check, &w, i), release(check);
    }
}

/* All rows of the padded input, those above and below among them; then some from the middle. */
static void check_padding(struct check *check, const struct kernels_window *w, long index) {
    long width = index % 2 ? lanes : 1, columns = w->pad_left + w->width + w->pad_right;
    long rows = w->pad_top + w->height + w->pad_bottom, length = rows * columns * width, row = columns * width;
    float *x = random_floats(check, w->height * w->width * width, -2, 2), *y = unset_floats(check, length);
    float *expected = unset_floats(check, length);
    for (long i = 0; i < length; i++) {
        long in_y = i / row - w->pad_top, in_x = i % row / width - w->pad_left;
        _Bool inside = in_y >= 0 && in_y < w->height && in_x >= 0 && in_x < w->width;
        expected[i] = inside ? x[(in_y * w->width + in_x) * width + i % width] : 0;
    }
    check->table->pad_rows_f32(x, w, width, 0, rows, y);
    compare_bits(check, "all rows", y, expected, length);
    long first = rows / 3, count = (rows - first) / 2;
    float *some = unset_floats(check, count * row);
    check->table->pad_rows_f32(x, w, width, first, count, some);
    compare_bits(check, "some rows", some, expected + first * row, count * row);
}
void check_pad_rows_f32(struct check *check) { each_window(check, check_padding); }

/* Some rows to compute into `y`, a plane whose others are to stay as they are; of the results of all, `whole`. */
struct some_rows {
    long first, count;
    float *y, *expected;
};

static struct some_rows some_rows(struct check *check, const struct kernels_window *w, const float *whole) {
    long row_length = w->out_width * lanes, length = w->out_height * row_length;
    struct some_rows some = {.first = w->out_height / 3, .y = unset_floats(check, length), .expected = unset_floats(check, length)};
    some.count = (w->out_height - some.first + 1) / 2;
    long start = some.first * row_length;
    memcpy(some.expected + start, whole + start, (size_t)(some.count * row_length) * sizeof(float));
    return some;
}

static void check_depthwise(struct check *check, const struct kernels_window *w, long index) {
    long taps = w->kernel_height * w->kernel_width, row_length = w->out_width * lanes;
    long length = w->out_height * row_length;
    float low = index % 3 ? -2.0f : -INFINITY, high = index % 4 ? 1.0f : INFINITY;
    float *x = random_floats(check, w->height * w->width * lanes, -2, 2);
    if (index % 5 == 0) x[w->height * w->width / 2 * lanes + index % lanes] = NAN;
    float *weights = random_floats(check, taps * lanes, -2, 2), *bias = random_floats(check, lanes, -2, 2);
    float *residual = index % 2 ? random_floats(check, length, -2, 2) : NULL, *y = unset_floats(check, length);
    float *slopes = index % 3 == 1 ? random_floats(check, lanes, -1, 1) : NULL;
    double *expected = doubles(check, length), *scales = doubles(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++) {
            long place = row * row_length + column * lanes + lane;
            double sum = bias[lane], scale = fabs(sum);
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                double factor = weights[(ky * w->kernel_width + kx) * lanes + lane];
                double term = in < 0 ? 0 : factor * x[in * lanes + lane];
                sum += term, scale += fabs(term);
            }
            if (residual) sum += residual[place], scale += fabs(residual[place]);
            if (slopes && sum < 0) sum *= slopes[lane];
            expected[place] = bounded(sum, low, high), scales[place] = scale;
        }
    }
    check->table->blocked_depthwise_f32(x, weights, bias, residual, slopes, w, 0, w->out_height, low, high, y);
    compare(check, "all rows", y, expected, scales, length, of_taps(taps + 1));
    struct some_rows some = some_rows(check, w, y);
    check->table->blocked_depthwise_f32(x, weights, bias, residual, slopes, w, some.first, some.count, low, high, some.y);
    compare_bits(check, "some rows", some.y, some.expected, length);
}
void check_blocked_depthwise_f32(struct check *check) { each_window(check, check_depthwise); }

static void check_largest(struct check *check, const struct kernels_window *w, long index) {
    long length = w->out_height * w->out_width * lanes, next = 0;
    float *x = random_floats(check, w->height * w->width * lanes, -5, index % 2 ? 5 : -1);
    float *y = unset_floats(check, length), *expected = unset_floats(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++) {
            float largest = -INFINITY;
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                if (in >= 0 && x[in * lanes + lane] > largest) largest = x[in * lanes + lane];
            }
            expected[next++] = largest;
        }
    }
    check->table->blocked_max_pool_f32(x, w, 0, w->out_height, y);
    compare_bits(check, "a window", y, expected, length);
    struct some_rows some = some_rows(check, w, y);
    check->table->blocked_max_pool_f32(x, w, some.first, some.count, some.y);
    compare_bits(check, "some rows", some.y, some.expected, length);
}
void check_blocked_max_pool_f32(struct check *check) { each_window(check, check_largest); }

static void check_average(struct check *check, const struct kernels_window *w, long index) {
    long length = w->out_height * w->out_width * lanes, next = 0;
    _Bool count_padding = index % 2;
    float *x = random_floats(check, w->height * w->width * lanes, -5, 5), *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    EACH_OUTPUT(row, column) {
        for (long lane = 0; lane < lanes; lane++, next++) {
            double sum = 0, scale = 0, counted = 0;
            EACH_TAP(ky, kx) {
                long in = place_of(w, row, column, ky, kx);
                if (in >= 0) sum += x[in * lanes + lane], scale += fabs(x[in * lanes + lane]);
                counted += count_padding ? in_padded(w, row, column, ky, kx) : in >= 0;
            }
            expected[next] = counted > 0 ? sum / counted : 0, scales[next] = counted > 0 ? scale / counted : 0;
        }
    }
    check->table->blocked_average_pool_f32(x, w, count_padding, 0, w->out_height, y);
    compare(check, count_padding ? "counting padding" : "inside", y, expected, scales, length,
            of_taps(w->kernel_height * w->kernel_width));
    struct some_rows some = some_rows(check, w, y);
    check->table->blocked_average_pool_f32(x, w, count_padding, some.first, some.count, some.y);
    compare_bits(check, "some rows", some.y, some.expected, length);
}
void check_blocked_average_pool_f32(struct check *check) { each_window(check, check_average); }
