#include "block_format.h"

_Bool rounds_products(const struct check *check, const struct format *f) {
    return f->groups != 0 && strcmp(check->table->level, "avx512vnni") == 0;
}

static int64_t floor_shift(int64_t x, int bits) {
    int64_t unit = (int64_t)1 << bits, rest = (x % unit + unit) % unit;
    return (x - rest) / unit;
}

/* How much further up the scales of a block are moved, until one has eight bits. */
static int spare_bits(const struct format *f, const unsigned char *block) {
    int all = 1, spare = 0;
    for (int i = 0; i < 256; i += 16) all |= abs(f->value(block, i).group_scale);
    while (f->uses_spare && all << spare < 128) spare++;
    return spare;
}

/* The terms of group g of a block, in steps of its scale: products and minimums. Sums of second groups lose twice as many bits, and
 * their scales are moved up by as many more. */
static void add_group(
    const struct format *f, const unsigned char *block, const struct kernels_q8x8 *x, int g, int up, int64_t *products,
    int64_t *minimums) {
    int length = 256 / f->groups, part = x->parts[g * length / 32], second = g % 2;
    int lost = second ? 2 * f->wide : f->wide;
    int64_t sum = 0, values = 0;
    struct value value = {0};
    for (int i = g * length; i < (g + 1) * length; i++) {
        value = f->value(block, i);
        sum += value.quant * x->values[i], values += x->values[i];
    }
    if (f->wide != 0) sum += (1 << (lost - 1)) - !second;
    int64_t scale = ((int64_t)value.group_scale * (1 << (up + lost - f->wide)) * part + (1 << 14)) >> 15;
    *products += floor_shift(sum, lost) * scale;
    *minimums += value.group_minimum * floor_shift(values * part + 2048, 12);
}

float rounded_product(struct check *check, const struct format *f, const unsigned char *row, long blocks, const void *x) {
#pragma clang fp contract(off)
    float sum = 0;
    for (long b = 0; b < blocks; b++) {
        const unsigned char *block = row + (size_t)b * f->size;
        const struct kernels_q8x8 *vector = (const struct kernels_q8x8 *)x + b;
        struct value value = f->value(block, 0);
        int64_t products = 0, minimums = 0;
        int up = f->up + spare_bits(f, block);
        for (int g = 0; g < f->groups; g++) add_group(f, block, vector, g, up, &products, &minimums);
        if (products != (int32_t)products || minimums != (int32_t)minimums) fail(check, "sums of 32 bits overflow");
        float factor = (float)half_value(value.scale) * ldexpf(1, 15 + f->wide - up);
        float minimum_factor = (float)half_value(value.minimum) * 4096;
        float less = f->half_count == 2 ? (float)minimums * minimum_factor : 0;
        sum = fmaf(fmaf((float)products, factor, -less), vector->unit, sum);
    }
    return sum;
}
