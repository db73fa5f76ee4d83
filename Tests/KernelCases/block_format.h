#pragma once
#include "products.h"

/* Value i of a block: (scale * group_scale) * quant, less minimum * group_minimum (or plus, where it `adds`). */
struct value {
    uint16_t scale, minimum;
    int group_scale, group_minimum, quant;
    _Bool adds;
};

struct format {
    int length;
    size_t size, halves; /* bytes of a block; where its one or two halves are */
    int half_count;
    struct value (*value)(const unsigned char *, int);
    /* Blocks of 256: groups; how many bits more than 16 the sum of one is; how far its scale is moved up, and
     * whether further where no scale has eight bits. */
    int groups, wide, up;
    _Bool uses_spare;
};

/* Whether products with such blocks are added up as integers, as rounded_product does. */
_Bool rounds_products(const struct check *check, const struct format *f);

/* A row of blocks of 256 times a vector, added up as integers: scales times the vector's are rounded to some 13 bits, and wide sums
 * of a group's products lose their lowest bits. The error of a product is up to 2^-11 of the magnitudes that it adds up. */
float rounded_product(struct check *check, const struct format *f, const unsigned char *row, long blocks, const void *x);
