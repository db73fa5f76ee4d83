#include "check.h"

enum { tile = kernels_tile_length };

/* What a cache holds: its bytes in pages of one tile, keys first, and the same values in double. */
struct cache {
    long head_size, blocks, positions, value_offset;
    const void **pages;
    double *keys, *values; /* [positions, head_size] */
};

typedef void fill(struct check *check, struct cache *cache, char *page, long slot, double *key, double *value);

static float next_float(struct check *check) { return (float)(next_random(check) >> 40) * 0x1p-23f - 1.0f; }

static void fill_f32(struct check *check, struct cache *cache, char *page, long slot, double *key, double *value) {
    for (long d = 0; d < cache->head_size; d++) {
        float k = next_float(check), v = next_float(check);
        key[d] = k, value[d] = v;
        memcpy(page + 4 * (d * tile + slot), &k, 4);
        memcpy(page + cache->value_offset + 4 * (slot * cache->blocks * tile + d), &v, 4);
    }
}

static void fill_f16(struct check *check, struct cache *cache, char *page, long slot, double *key, double *value) {
    for (long d = 0; d < cache->head_size; d++) {
        uint16_t k = half_nearest(next_float(check)), v = half_nearest(next_float(check));
        key[d] = half_value(k), value[d] = half_value(v);
        memcpy(page + 2 * (d * tile + slot), &k, 2);
        memcpy(page + cache->value_offset + 2 * (slot * cache->blocks * tile + d), &v, 2);
    }
}

static void fill_q8_0(struct check *check, struct cache *cache, char *page, long slot, double *key, double *value) {
    char *values = page + cache->value_offset;
    for (long b = 0; b < cache->blocks; b++) {
        uint16_t k = half_nearest(next_float(check) / 127), v = half_nearest(next_float(check) / 127);
        memcpy(page + 2 * (b * tile + slot), &k, 2);
        memcpy(values + 2 * (slot * cache->blocks + b), &v, 2);
        for (long d = b * tile; d < cache->head_size && d < (b + 1) * tile; d++) {
            int8_t x = (int8_t)next_random(check), y = (int8_t)next_random(check);
            key[d] = half_value(k) * x, value[d] = half_value(v) * y;
            page[2 * cache->blocks * tile + d * tile + slot] = x;
            values[2 * cache->blocks * tile + slot * cache->blocks * tile + d] = y;
        }
    }
}

/* Bytes of a tile of keys, of values. */
static long key_bytes(int type, long head_size, long blocks) {
    return type == 0 ? 4 * head_size * tile : type == 1 ? 2 * head_size * tile : 2 * blocks * tile + head_size * tile;
}
static long value_bytes(int type, long blocks) {
    return type == 0 ? 4 * blocks * tile * tile : type == 1 ? 2 * blocks * tile * tile : 2 * blocks * tile + blocks * tile * tile;
}

static struct cache make_cache(struct check *check, int type, long head_size, long positions) {
    static fill *const fills[] = {fill_f32, fill_f16, fill_q8_0};
    long blocks = (head_size + tile - 1) / tile, count = (positions + tile - 1) / tile;
    struct cache cache = {head_size, blocks, positions, key_bytes(type, head_size, blocks), NULL, NULL, NULL};
    size_t bytes = (size_t)(cache.value_offset + value_bytes(type, blocks));
    /* Pointers are aligned, unlike what they point at. */
    _Static_assert(sizeof(void *) == sizeof(double), "pages take the places of doubles");
    cache.pages = (void *)doubles(check, count);
    cache.keys = doubles(check, positions * head_size), cache.values = doubles(check, positions * head_size);
    for (long page = 0; page < count; page++) {
        char *data = memory(check, bytes);
        memset(data, 0, bytes);
        cache.pages[page] = data;
        for (long p = page * tile; p < positions && p < (page + 1) * tile; p++)
            fills[type](check, &cache, data, p % tile, cache.keys + p * head_size, cache.values + p * head_size);
    }
    return cache;
}

static double score(const double *key, const float *query, long head_size, float cap) {
    double sum = 0;
    for (long d = 0; d < head_size; d++) sum += key[d] * query[d];
    return cap > 0 ? cap * tanh(sum / cap) : sum;
}

/* One row as the definition says: a softmax over all that it sees. */
static void attend(
    const struct cache *cache, const struct kernels_attention *shape, long position, const float *query, double *y) {
    long first = shape->window > 0 && position >= shape->window ? position - shape->window + 1 : 0;
    double largest = -INFINITY, total = 0;
    for (long p = first; p <= position; p++)
        largest = fmax(largest, score(cache->keys + p * shape->head_size, query, shape->head_size, shape->cap));
    for (long d = 0; d < shape->head_size; d++) y[d] = 0;
    for (long p = first; p <= position; p++) {
        double weight =
            exp(score(cache->keys + p * shape->head_size, query, shape->head_size, shape->cap) - largest);
        total += weight;
        for (long d = 0; d < shape->head_size; d++) y[d] += weight * cache->values[p * shape->head_size + d];
    }
    for (long d = 0; d < shape->head_size; d++) y[d] /= total;
}

typedef void attention(
    const struct kernels_attention *shape, const float *queries, const void *_Nonnull const *_Nonnull pages,
    long key_offset, long value_offset, float *y);

/* Head size, group, tokens, position, window; every third shape has its scores capped. */
static const long shapes[][5] = {
    {1, 1, 1, 0, 0},     {8, 1, 1, 31, 0},     {33, 3, 5, 0, 0},     {64, 4, 17, 30, 0},   {64, 8, 3, 62, 0},
    {80, 2, 9, 100, 7},  {128, 3, 33, 0, 32},  {128, 5, 1, 250, 40}, {96, 1, 40, 32, 1},   {256, 4, 2, 65, 33},
    {512, 1, 3, 31, 0},  {31, 17, 2, 63, 0},   {64, 6, 2, 300, 100}, {32, 1, 70, 5, 64},   {2, 2, 6, 95, 31},
};

static void check_attention(struct check *check, int type, attention *run) {
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        long width = shapes[i][0] * shapes[i][1];
        struct kernels_attention shape = {
            .head_size = shapes[i][0], .group = shapes[i][1], .tokens = shapes[i][2], .stride = width + 5,
            .position = shapes[i][3], .window = shapes[i][4], .cap = i % 3 == 2 ? 1.5f : 0};
        struct cache cache = make_cache(check, type, shape.head_size, shape.position + shape.tokens);
        long count = (shape.tokens - 1) * shape.stride + width;
        float spread = 6 / sqrtf((float)shape.head_size);
        float *queries = random_floats(check, count, -spread, spread), *y = unset_floats(check, count);
        run(&shape, queries, cache.pages, 0, cache.value_offset, y);
        double *expected = doubles(check, shape.head_size);
        for (long row = 0; row < shape.tokens * shape.group; row++) {
            long place = row / shape.group * shape.stride + row % shape.group * shape.head_size;
            attend(&cache, &shape, shape.position + row / shape.group, queries + place, expected);
            /* Scores of at most some tens, off by a few units in the last place, move powers by as much. */
            compare(check, "a row", y + place, expected, NULL, shape.head_size, (struct tolerance){.absolute = 4e-6});
            /* A row is the same whatever is worked on with it. */
            struct kernels_attention alone = shape;
            alone.tokens = 1, alone.group = 1, alone.position = shape.position + row / shape.group;
            float *same = unset_floats(check, shape.head_size);
            run(&alone, queries + place, cache.pages, 0, cache.value_offset, same);
            compare_bits(check, "a row alone", same, y + place, shape.head_size);
            if (row > 20) break;
        }
        release(check);
    }
}

void check_attention_f32(struct check *check) { check_attention(check, 0, check->table->attention_f32); }
void check_attention_f16(struct check *check) { check_attention(check, 1, check->table->attention_f16); }
void check_attention_q8_0(struct check *check) { check_attention(check, 2, check->table->attention_q8_0); }

/* What storing one element makes of the tiles, place by place. */
static void expect_element(int type, float x, float largest, char *scale, char *place) {
#pragma clang fp contract(off)
    uint16_t half = half_nearest(x);
    if (type == 0) memcpy(place, &x, 4);
    if (type == 1) memcpy(place, &half, 2);
    if (type < 2) return;
    float step = largest / 127;
    half = half_nearest(step);
    memcpy(scale, &half, 2);
    *place = (char)(int8_t)roundf(x * (step != 0 ? 1 / step : 0));
}

typedef void store(const float *key, const float *value, long head_size, long slot, void *keys, void *values);

static void check_store(struct check *check, int type, store *run) {
    static const long head_sizes[] = {1, 31, 32, 33, 80, 128};
    static const long widths[] = {4, 2, 1};
    for (int i = 0; i < 6; i++) {
        for (long slot = 0; slot < tile; slot += slot == 0 ? 5 : 13) {
            long n = head_sizes[i], blocks = (n + tile - 1) / tile, width = widths[type];
            float *key = random_floats(check, n, -3, 3), *value = random_floats(check, n, -3, 3);
            if (slot == 5) memset(value, 0, (size_t)n * sizeof *value);
            size_t bytes[] = {(size_t)key_bytes(type, n, blocks), (size_t)value_bytes(type, blocks)};
            char *got[] = {memory(check, bytes[0]), memory(check, bytes[1])};
            char *expected[] = {memory(check, bytes[0]), memory(check, bytes[1])};
            long scales = type == 2 ? 2 * blocks * tile : 0;
            for (int half = 0; half < 2; half++) {
                for (size_t b = 0; b < bytes[half]; b++) got[half][b] = expected[half][b] = (char)next_random(check);
                const float *x = half == 0 ? key : value;
                for (long d = 0; d < n; d++) {
                    float largest = 0;
                    for (long e = d / tile * tile; e < n && e < (d / tile + 1) * tile; e++)
                        largest = fmaxf(largest, fabsf(x[e]));
                    long b = half == 0 ? d / tile * tile + slot : slot * blocks + d / tile;
                    long at = half == 0 ? d * tile + slot : slot * blocks * tile + d;
                    expect_element(type, x[d], largest, expected[half] + 2 * b, expected[half] + scales + width * at);
                }
            }
            run(key, value, n, slot, got[0], got[1]);
            compare_bytes(check, "keys", got[0], expected[0], bytes[0]);
            compare_bytes(check, "values", got[1], expected[1], bytes[1]);
            release(check);
        }
    }
}

void check_attention_store_f32(struct check *check) { check_store(check, 0, check->table->attention_store_f32); }
void check_attention_store_f16(struct check *check) { check_store(check, 1, check->table->attention_store_f16); }
void check_attention_store_q8_0(struct check *check) { check_store(check, 2, check->table->attention_store_q8_0); }
