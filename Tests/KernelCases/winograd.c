#include "blocked.h"

/* Winograd's convolution in the blocked layout. */

/* Windows of Winograd's 3x3 kernels: 1x1 to 13x11 inputs, whose last tiles reach past the output, and 0 to 2 of padding
 * on each side. */
static void each_winograd(
    struct check *check, void (*run)(struct check *check, const struct kernels_window *w, long edge)) {
    static const long list[][2] = {{1, 1}, {2, 3}, {4, 4}, {5, 1}, {3, 10}, {6, 7}, {8, 8}, {9, 12}, {13, 11}};
    for (unsigned s = 0; s < sizeof list / sizeof *list; s++) {
        for (int round = 0; round < 8; round++) {
            struct kernels_window w = make_window(list[s][0], list[s][1], 3, 3, 1, 1, 0);
            long *pads[] = {&w.pad_top, &w.pad_left, &w.pad_bottom, &w.pad_right};
            for (int side = 0; side < 4; side++) *pads[side] = (long)(next_random(check) % 3);
            w.out_height = w.height + w.pad_top + w.pad_bottom - 2;
            w.out_width = w.width + w.pad_left + w.pad_right - 2;
            if (w.out_height <= 0 || w.out_width <= 0) continue;
            for (long edge = 2; edge <= 4; edge += 2) run(check, &w, edge), release(check);
        }
    }
}

static long tiles_of(const struct kernels_window *w, long edge) {
    return (w->out_height + edge - 1) / edge * ((w->out_width + edge - 1) / edge);
}

/* B^T d B of every tile, from `first` on. */
static void check_winograd_tiles(
    struct check *check, const struct kernels_window *w, long edge, long first, long count) {
    static const double of_four[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                         {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
    static const double of_two[6][6] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
    const double(*factors)[6] = edge == 2 ? of_two : of_four;
    long side = edge + 2, values = side * side;
    long stride = count * lanes + 5, length = (values - 1) * stride + count * lanes;
    long tiles_x = (w->out_width + edge - 1) / edge;
    float *x = random_floats(check, w->height * w->width * lanes, -2, 2), *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long i = 0; i < length; i++) expected[i] = y[i], scales[i] = 0;
    for (long i = 0; i < values * count * lanes; i++) {
        long value = i / (count * lanes), tile = first + i / lanes % count, lane = i % lanes;
        double sum = 0, scale = 0;
        for (long a = 0; a < values; a++) {
            long in = place_of(w, tile / tiles_x * edge, tile % tiles_x * edge, a / side, a % side);
            if (in < 0) continue;
            double term = factors[value / side][a / side] * factors[value % side][a % side] * x[in * lanes + lane];
            sum += term, scale += fabs(term);
        }
        expected[value * stride + i % (count * lanes)] = sum;
        scales[value * stride + i % (count * lanes)] = scale;
    }
    check->table->winograd_input_f32(x, w, edge, first, count, y, stride);
    /* Up to six roundings along each axis. */
    compare(check, "a transform", y, expected, scales, length, (struct tolerance){.relative = 12 * 0x1p-24});
}

static void check_winograd_input(struct check *check, const struct kernels_window *w, long edge) {
    long tiles = tiles_of(w, edge);
    check_winograd_tiles(check, w, edge, 0, tiles);
    check_winograd_tiles(check, w, edge, tiles / 2, (tiles - tiles / 2 + 1) / 2);
}
void check_winograd_input_f32(struct check *check) { each_winograd(check, check_winograd_input); }

/* Value `value` of G g G^T. */
static float winograd_weight(const float *kernel, long edge, long value) {
    static const double of_four[6][3] = {{1.0 / 4, 0, 0},
                                         {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                         {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                         {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                         {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                         {0, 0, 1}};
    static const double of_two[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
    const double(*factors)[3] = edge == 2 ? of_two : of_four;
    long side = edge + 2;
    double sum = 0;
    for (long tap = 0; tap < 9; tap++)
        sum += factors[value / side][tap / 3] * factors[value % side][tap % 3] * kernel[tap];
    return (float)sum;
}

/* Some tiles of `edge`. */
struct tiles {
    long edge, first, count;
};

/* Those tiles of the convolution `c` by transforms and products. */
static void run_winograd(
    struct check *check, const struct convolution *c, const struct kernels_window *w, struct tiles t, float *y) {
    long blocks = blocks_of(c->channels, lanes), run = t.count * lanes, plane = w->height * w->width * lanes;
    long values = (t.edge + 2) * (t.edge + 2);
    float *in = unset_floats(check, values * blocks * run), *out = unset_floats(check, values * c->outputs * run);
    float *weights = unset_floats(check, c->outputs * lanes * c->channels), *zeros = random_floats(check, 24, 0, 0);
    for (long b = 0; b < blocks; b++)
        check->table->winograd_input_f32(
            c->x + b * plane, w, t.edge, t.first, t.count, in + b * run, blocks * run);
    struct convolution product = {
        .channels = c->channels, .width = lanes, .kernel_height = 1, .kernel_width = 1, .stride = 1, .dilation = 1,
        .in_height = 1, .in_width = t.count, .out_width = t.count, .outputs = c->outputs, .count = t.count,
        .target_stride = run, .low = -INFINITY, .high = INFINITY, .bias = zeros};
    for (long value = 0; value < values; value++) {
        for (long i = 0; i < c->outputs * lanes * c->channels; i++)
            weights[i] = winograd_weight(c->weights + 9 * i, t.edge, value);
        product.x = in + value * blocks * run;
        product.packed = packed_weights(check, weights, c->outputs, c->channels, lanes, 1);
        run_product(check, &product, 0, c->outputs, 0, t.count, out + value * c->outputs * run);
    }
    for (long o = 0; o < c->outputs; o++)
        check->table->winograd_output_f32(
            out + o * run, c->outputs * run, w, t.edge, t.first, t.count, c->bias + o * lanes,
            c->residual ? c->residual + o * c->target_stride : NULL, c->low, c->high, y + o * c->target_stride);
}

/* Against the convolution itself; the outputs of other tiles stay unset. */
static void check_winograd_range(
    struct check *check, const struct convolution *c, const struct kernels_window *w, struct tiles t) {
    long length = c->outputs * c->target_stride, taps = 9 * c->channels;
    float *y = unset_floats(check, length);
    double *expected = doubles(check, length), largest = 0;
    for (long i = 0; i < length; i++) {
        long filter = i / c->target_stride * lanes + i % lanes, pixel = i % c->target_stride / lanes;
        long row = pixel / w->out_width, column = pixel % w->out_width;
        long tile = row / t.edge * ((w->out_width + t.edge - 1) / t.edge) + column / t.edge;
        expected[i] = y[i];
        if (tile < t.first || tile >= t.first + t.count) continue;
        double sum = c->bias[filter] + (c->residual ? c->residual[i] : 0);
        for (long tap = 0; tap < taps; tap++) {
            long in = place_of(w, row, column, tap % 9 / 3, tap % 3), channel = tap / 9;
            long plane = channel / lanes * w->height * w->width;
            if (in >= 0) sum += (double)c->weights[filter * taps + tap] * c->x[(plane + in) * lanes + channel % lanes];
        }
        largest = fmax(largest, fabs(sum));
        expected[i] = bounded(sum, c->low, c->high);
    }
    run_winograd(check, c, w, t, y);
    /* The transforms lose some digits, the fewer the more channels there are. */
    compare(check, "a convolution", y, expected, NULL, length, (struct tolerance){.absolute = 1e-5 * largest});
}

static void check_winograd(struct check *check, const struct kernels_window *w, long edge) {
    long tiles = tiles_of(w, edge), round = w->pad_top + w->pad_right;
    struct convolution c = {.channels = 20 + round, .width = lanes, .outputs = 1 + (w->height + round) % 3};
    c.target_stride = w->out_height * w->out_width * lanes;
    c.x = random_blocks(check, c.channels, lanes, w->height * w->width);
    c.weights = random_floats(check, c.outputs * lanes * c.channels * 9, -1, 1);
    c.bias = random_floats(check, c.outputs * lanes, -2, 2);
    if (w->pad_left != 1) c.residual = random_floats(check, c.outputs * c.target_stride, -2, 2);
    c.low = w->pad_left ? -4.0f : -INFINITY, c.high = w->pad_bottom ? 3.0f : INFINITY;
    check_winograd_range(check, &c, w, (struct tiles){edge, 0, tiles});
    check_winograd_range(check, &c, w, (struct tiles){edge, tiles / 2, (tiles - tiles / 2 + 1) / 2});
}
void check_winograd_output_f32(struct check *check) { each_winograd(check, check_winograd); }

static void check_winograd_transform(struct check *check, long edge, long outputs, long channels) {
    long filters = outputs * lanes, packed = filters * channels, values = (edge + 2) * (edge + 2);
    float *weights = random_floats(check, packed * 9, -1, 1), *y = unset_floats(check, values * packed);
    double *expected = doubles(check, values * packed);
    for (long value = 0; value < values; value++) {
        for (long f = 0; f < filters; f++) {
            /* Sixteen filters lie together, eight in a last block without a partner. */
            long pair = f / 16 * 16, width = filters - pair < 16 ? 8 : 16;
            for (long c = 0; c < channels; c++)
                expected[values * pair * channels + (value * channels + c) * width + f - pair] =
                    winograd_weight(weights + 9 * (f * channels + c), edge, value);
        }
    }
    const float *plain = packed_weights(check, weights, outputs, channels, lanes, 9);
    check->table->winograd_weights_f32(plain, edge, outputs, channels, y);
    compare(check, "weights", y, expected, NULL, values * packed, (struct tolerance){.absolute = 4e-7});
    release(check);
}

void check_winograd_weights_f32(struct check *check) {
    static const long sizes[][2] = {{1, 1}, {1, 3}, {1, 9}, {2, 4}, {3, 2}, {3, 7}, {5, 21}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (long edge = 2; edge <= 4; edge += 2) check_winograd_transform(check, edge, sizes[i][0], sizes[i][1]);
}

/* That what is claimed lies where the tiles' outputs will, and nowhere else, and changes no product. */
static void check_claims(
    struct check *check, long edge, long channels, long tiles, long outputs, const float *in, const float *weights,
    const float *products) {
    long values = (edge + 2) * (edge + 2), run = outputs * tiles * lanes, length = values * (run + 3);
    struct kernels_window window = {.out_height = edge * 3 - 1, .out_width = edge * ((tiles + 3) / 2) - 1};
    long columns = (window.out_width + edge - 1) / edge, apart = (window.out_height * window.out_width + 3) * lanes;
    float *planes = unset_floats(check, outputs * apart), *expected = unset_floats(check, outputs * apart);
    float *y = unset_floats(check, length);
    struct kernels_claim claim = {.window = &window, .first = 2, .planes = planes, .apart = apart};
    check->table->winograd_products_f32(
        in, blocks_of(channels, lanes) * tiles * lanes + 5, edge, channels, tiles, weights, outputs, y, run + 3, &claim);
    compare_bits(check, "values beside claims", y, products, length);
    float *unset = unset_floats(check, 1);
    for (long i = 0; i < outputs * apart; i++) {
        long pixel = i % apart / lanes, row = pixel / window.out_width, column = pixel % window.out_width;
        long tile = row / edge * columns + column / edge;
        _Bool inside = row < window.out_height && tile >= 2 && tile < 2 + tiles;
        _Bool is_line = column % edge % 2 == 0 && i % lanes == 0;
        expected[i] = inside && is_line ? 0 : *unset;
    }
    compare_bits(check, "claims", planes, expected, outputs * apart);
}

/* Each value's tiles by its own weights, which lie beside each other in a pair of blocks. What lies between values is not read,
 * nor written. */
static void check_values(struct check *check, long edge, long channels, long tiles, long outputs) {
    long values = (edge + 2) * (edge + 2), blocks = blocks_of(channels, lanes), size = outputs * lanes * channels;
    long width = blocks * tiles * lanes, x_stride = width + 5, run = outputs * tiles * lanes, y_stride = run + 3;
    float *x = random_blocks(check, channels, lanes, tiles), *in = unset_floats(check, values * x_stride);
    float *weights = random_floats(check, values * size, -1, 1);
    long length = values * y_stride;
    float *y = unset_floats(check, length);
    double *expected = doubles(check, length), *scales = doubles(check, length);
    for (long v = 0; v < values; v++)
        for (long i = 0; i < width; i++) in[v * x_stride + i] = x[i] * (float)(v + 1);
    for (long i = 0; i < length; i++) {
        long value = i / y_stride, place = i % y_stride;
        expected[i] = y[i], scales[i] = 0;
        if (place >= run) continue;
        long filter = place / (tiles * lanes) * lanes + place % lanes, tile = place / lanes % tiles;
        long pair = filter / 16, of_pair = outputs - 2 * pair > 1 ? 16 : 8;
        const float *own = weights + (pair * values * 16 + value * of_pair) * channels + filter % of_pair;
        expected[i] = 0;
        for (long c = 0; c < channels; c++) {
            float channel = in[value * x_stride + (c / lanes * tiles + tile) * lanes + c % lanes];
            double term = (double)channel * own[c * of_pair];
            expected[i] += term, scales[i] += fabs(term);
        }
    }
    check->table->winograd_products_f32(in, x_stride, edge, channels, tiles, weights, outputs, y, y_stride, NULL);
    compare(check, "values", y, expected, scales, length, of_taps(channels));
    check_claims(check, edge, channels, tiles, outputs, in, weights, y);
    release(check);
}

void check_winograd_products_f32(struct check *check) {
    /* Channels, tiles, blocks of outputs. */
    static const long sizes[][3] = {{1, 1, 1}, {8, 13, 2}, {19, 5, 3}, {16, 40, 4}, {140, 7, 5}, {24, 75, 6}, {9, 12, 7}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (long edge = 2; edge <= 4; edge += 2) check_values(check, edge, sizes[i][0], sizes[i][1], sizes[i][2]);
}
