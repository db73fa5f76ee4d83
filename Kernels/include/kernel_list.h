/* Every kernel, one line: result, name, parameters. Include it after defining KERNEL.
 *
 * Counts are elements. `x` is read, `y` is written; an elementwise kernel may work in place (y == x), no other may.
 * `n` may be 0. Sums run in an order that depends on the sizes and the level alone.
 */

/* Reductions of a row. */
KERNEL(float, dot_f32, (const float *a, const float *b, long n))
KERNEL(float, sum_f32, (const float *x, long n))
KERNEL(float, largest_f32, (const float *x, long n))
KERNEL(float, squared_deviation_f32, (const float *x, float mean, long n))

/* Two rows, or a row and a number, element by element. */
KERNEL(void, add_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, subtract_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, multiply_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, divide_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, maximum_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, minimum_f32, (const float *a, const float *b, float *y, long n))
KERNEL(void, add_scalar_f32, (const float *a, float b, float *y, long n))
KERNEL(void, multiply_scalar_f32, (const float *a, float b, float *y, long n))
KERNEL(void, divide_scalar_f32, (const float *a, float b, float *y, long n))
KERNEL(void, maximum_scalar_f32, (const float *a, float b, float *y, long n))
KERNEL(void, minimum_scalar_f32, (const float *a, float b, float *y, long n))
KERNEL(void, scalar_subtract_f32, (float a, const float *b, float *y, long n))
KERNEL(void, scalar_divide_f32, (float a, const float *b, float *y, long n))
KERNEL(void, axpy_f32, (float scale, const float *x, float *y, long n))
KERNEL(void, scale_offset_f32, (const float *x, float scale, float offset, float *y, long n))

/* Functions of each element. */
KERNEL(void, relu_f32, (const float *x, float *y, long n))
KERNEL(void, leaky_relu_f32, (const float *x, float slope, float *y, long n))
KERNEL(void, clip_f32, (const float *x, float low, float high, float *y, long n))
KERNEL(void, hard_sigmoid_f32, (const float *x, float alpha, float beta, float *y, long n))
KERNEL(void, hard_swish_f32, (const float *x, float *y, long n))
KERNEL(void, sqrt_f32, (const float *x, float *y, long n))
KERNEL(void, exp_f32, (const float *x, float *y, long n))
KERNEL(void, sigmoid_f32, (const float *x, float *y, long n))
KERNEL(void, silu_f32, (const float *x, float *y, long n))
KERNEL(void, silu_multiply_f32, (const float *gate, const float *up, float *y, long n))
KERNEL(void, tanh_f32, (const float *x, float *y, long n))
KERNEL(void, gelu_f32, (const float *x, float *y, long n))
KERNEL(void, erf_f32, (const float *x, float *y, long n))

/* Rows of a transformer. rope: `halves` pairs element i with i + rotated / 2, else 2 i with 2 i + 1. */
KERNEL(void, softmax_f32, (const float *x, float *y, long n))
KERNEL(void, rms_norm_f32, (const float *x, const float *weight, float *y, long n, float epsilon))
KERNEL(void, rope_f32, (float *x, const float *cosines, const float *sines, long heads, long head_size, long rotated, _Bool halves))

/* Attention: `pages[i]` holds the tiles of positions 32 i and on, keys and values at offsets in bytes; queries and y are
 * [tokens, stride]. Storing fills slot `slot` of a head's two tiles. */
KERNEL(void, attention_f32, (const struct kernels_attention *shape, const float *queries, const void *_Nonnull const *_Nonnull pages, long key_offset, long value_offset, float *y))
KERNEL(void, attention_f16, (const struct kernels_attention *shape, const float *queries, const void *_Nonnull const *_Nonnull pages, long key_offset, long value_offset, float *y))
KERNEL(void, attention_q8_0, (const struct kernels_attention *shape, const float *queries, const void *_Nonnull const *_Nonnull pages, long key_offset, long value_offset, float *y))
KERNEL(void, attention_store_f32, (const float *key, const float *value, long head_size, long slot, void *keys, void *values))
KERNEL(void, attention_store_f16, (const float *key, const float *value, long head_size, long slot, void *keys, void *values))
KERNEL(void, attention_store_q8_0, (const float *key, const float *value, long head_size, long slot, void *keys, void *values))

/* Half precision and blocks; n is a multiple of the block's length, 32 or 256. To formats of q8x4 and q8x8, which are
 * what vectors become: n is a multiple of 32 and of 256. */
KERNEL(void, f32_to_f16, (const float *x, uint16_t *y, long n))
KERNEL(void, f16_to_f32, (const uint16_t *x, float *y, long n))
KERNEL(void, bf16_to_f32, (const uint16_t *x, float *y, long n))
KERNEL(void, quantize_q8_0, (const float *x, void *y, long n))
KERNEL(void, quantize_q4_0, (const float *x, void *y, long n))
KERNEL(void, quantize_q4_1, (const float *x, void *y, long n))
KERNEL(void, quantize_q5_0, (const float *x, void *y, long n))
KERNEL(void, quantize_q5_1, (const float *x, void *y, long n))
KERNEL(void, quantize_iq4_nl, (const float *x, void *y, long n))
KERNEL(void, quantize_q4_k, (const float *x, void *y, long n))
KERNEL(void, quantize_q5_k, (const float *x, void *y, long n))
KERNEL(void, quantize_q6_k, (const float *x, void *y, long n))
KERNEL(void, quantize_q8x4, (const float *x, void *y, long n))
KERNEL(void, quantize_q8x8, (const float *x, void *y, long n))
KERNEL(void, dequantize_q8_0, (const void *x, float *y, long n))
KERNEL(void, dequantize_q4_0, (const void *x, float *y, long n))
KERNEL(void, dequantize_q4_1, (const void *x, float *y, long n))
KERNEL(void, dequantize_q5_0, (const void *x, float *y, long n))
KERNEL(void, dequantize_q5_1, (const void *x, float *y, long n))
KERNEL(void, dequantize_iq4_nl, (const void *x, float *y, long n))
KERNEL(void, dequantize_q2_k, (const void *x, float *y, long n))
KERNEL(void, dequantize_q3_k, (const void *x, float *y, long n))
KERNEL(void, dequantize_q4_k, (const void *x, float *y, long n))
KERNEL(void, dequantize_q5_k, (const void *x, float *y, long n))
KERNEL(void, dequantize_q6_k, (const void *x, float *y, long n))

/* Weights [rows, columns] times `vectors` vectors [vectors, columns]: y[v * stride + r]. x is q8x4 for
 * blocks of 32, q8x8 for blocks of 256. */
KERNEL(void, matrix_vectors_f32, (const float *weights, long rows, long columns, const float *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_f16, (const uint16_t *weights, long rows, long columns, const float *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q8_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q4_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q4_1, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q5_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q5_1, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_iq4_nl, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q2_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q3_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q4_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q5_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_vectors_q6_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))

/* The same, quicker for many vectors. */
KERNEL(void, matrix_matrix_q8_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q4_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q4_1, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q5_0, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q5_1, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_iq4_nl, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q2_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q3_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q4_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q5_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))
KERNEL(void, matrix_matrix_q6_k, (const void *weights, long rows, long columns, const void *x, long vectors, float *y, long stride))

/* c = alpha a b + beta c, row-major; a is [m, k] ([k, m] when transposed), b [k, n] ([n, k]), c [m, n]. With beta 0,
 * c is not read. */
KERNEL(void, gemm_f32, (_Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda, const float *b, long ldb, float beta, float *c, long ldc))
KERNEL(void, gemm_loops_f32, (_Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda, const float *b, long ldb, float beta, float *c, long ldc))

/* Convolution and pooling over planes [channels, height, width]; rows `first_row ..< first_row + row_count` of the
 * output. */
KERNEL(void, im2col_f32, (const float *x, long channels, const struct kernels_window *window, long first_row, long row_count, float *y))
KERNEL(void, depthwise_f32, (const float *x, const float *weights, float bias, const struct kernels_window *window, long first_row, long row_count, float *y))
KERNEL(void, convolution_f32, (const float *x, long in_channels, const float *weights, const float *_Nullable bias, long out_channels, const struct kernels_window *window, float *y))
KERNEL(void, max_pool_f32, (const float *x, long channels, const struct kernels_window *window, float *y))
KERNEL(void, average_pool_f32, (const float *x, long channels, const struct kernels_window *window, _Bool count_padding, float *y))

/* The blocked layout; a plane is one block's [height, width, 8], where nothing else is said. Bounds hold for what is stored,
 * after the residual is added.
 *
 * blocked_product: outputs `first ..< first + count`, row by row, of `outputs` blocks. x is the input of output 0's first tap,
 * y output `first`, residual likewise and as y. Weights are [pairs of blocks][input block][tap][lane][16], [8] for a last
 * block without a partner; bias is [outputs][8], and so are slopes, which results below zero are multiplied with before they are
 * cut to the bounds. narrow_product: the same, without slopes, of one block of 1 to 4 filters, of inputs whose pixels lie side
 * by side, 8 lanes each; weights are [input block][tap][filter][lane], 0 past the channels; lanes past the filters are those of
 * bias and residual alone. product_weights: those of [filters, channels, taps], 0 past the filters. pad_rows: rows of the padded
 * input, `lanes` floats a pixel. winograd: tiles
 * `first ..< first + count` of `edge` x `edge` outputs, 2 or 4; the (edge + 2)^2 transformed values of tile t lie at value * stride
 * + 8 * (t - first). winograd_weights: those of a 3x3 blocked_product to the weights of the values' products of each pair of
 * blocks, in the order they are read. winograd_products: x [values][blocks, tiles, 8] by such weights of some pairs to y
 * [values][outputs, tiles, 8], values as far apart as their strides say; what is claimed becomes anything. blocked_depthwise: weights are [taps][8]; bias and slopes as in
 * blocked_product, of one block. spread_pixels: y's pixels `stride` apart. */
KERNEL(void, blocked_product_f32, (const struct kernels_blocked_product *product, const float *x, const float *weights, const float *bias, const float *_Nullable residual, const float *_Nullable slopes, long outputs, float *y, long first, long count))
KERNEL(void, narrow_product_f32, (const struct kernels_blocked_product *product, const float *x, const float *weights, const float *bias, const float *_Nullable residual, long filters, float *y, long first, long count))
KERNEL(void, product_weights_f32, (const float *weights, long filters, long channels, long taps, long lanes, float *y))
KERNEL(void, pad_rows_f32, (const float *x, const struct kernels_window *window, long lanes, long first_row, long row_count, float *y))
KERNEL(void, winograd_input_f32, (const float *x, const struct kernels_window *window, long edge, long first, long count, float *y, long stride))
KERNEL(void, winograd_output_f32, (const float *x, long stride, const struct kernels_window *window, long edge, long first, long count, const float *bias, const float *_Nullable residual, float low, float high, float *y))
KERNEL(void, winograd_weights_f32, (const float *weights, long edge, long outputs, long channels, float *y))
KERNEL(void, winograd_products_f32, (const float *x, long x_stride, long edge, long channels, long tiles, const float *weights, long outputs, float *y, long y_stride, const struct kernels_claim *_Nullable claim))
KERNEL(void, blocked_depthwise_f32, (const float *x, const float *weights, const float *bias, const float *_Nullable residual, const float *_Nullable slopes, const struct kernels_window *window, long first_row, long row_count, float low, float high, float *y))
KERNEL(void, blocked_max_pool_f32, (const float *x, const struct kernels_window *window, long first_row, long row_count, float *y))
KERNEL(void, blocked_average_pool_f32, (const float *x, const struct kernels_window *window, _Bool count_padding, long first_row, long row_count, float *y))
KERNEL(void, planes_to_blocks_f32, (const float *x, long channels, long stride, long pixels, float *y))
KERNEL(void, blocks_to_planes_f32, (const float *x, long channels, long pixels, float *y, long stride))
KERNEL(void, spread_pixels_f32, (const float *x, long pixels, long stride, float *y))
KERNEL(void, scale_offset_blocks_f32, (const float *x, const float *scale, const float *offset, float *y, long pixels))
KERNEL(void, leaky_relu_blocks_f32, (const float *x, const float *slopes, float *y, long pixels))
KERNEL(void, mean_blocks_f32, (const float *x, long pixels, float *y))
KERNEL(void, variance_blocks_f32, (const float *x, const float *means, long pixels, float *y))
KERNEL(void, resize_linear_blocks_f32, (const float *x, long width, const int32_t *rows, const float *row_fractions, long out_height, const int32_t *columns, const float *column_fractions, long out_width, float *y))
KERNEL(void, resize_nearest_blocks_f32, (const float *x, long width, const int32_t *rows, long out_height, const int32_t *columns, long out_width, float *y))

/* Layout. strided_copy: y, contiguous over `shape`, reads x at the sum of index * stride, strides in elements, 0 and
 * below allowed. */
KERNEL(void, transpose_f32, (const float *x, long rows, long columns, float *y))
KERNEL(void, strided_copy, (const void *x, void *y, long element_size, long rank, const long *shape, const long *strides))
KERNEL(void, hwc_to_chw, (const uint8_t *x, long pixels, const float *mean, const float *scale, _Bool swap, float *y, long plane))

/* Resampling. u8: fixed-point weights of 22 fraction bits, `size` a target; f32: two taps and a fraction, or one
 * tap, a target. */
KERNEL(void, resample_row_u8, (const uint8_t *x, const int32_t *first, const int32_t *count, const int32_t *weights, long size, long width, uint8_t *y))
KERNEL(void, resample_column_u8, (const uint8_t *x, long stride, const int32_t *weights, long count, uint8_t *y, long n))
KERNEL(void, resize_linear_f32, (const float *x, long width, const int32_t *rows, const float *row_fractions, long out_height, const int32_t *columns, const float *column_fractions, long out_width, float *y))
KERNEL(void, resize_nearest_f32, (const float *x, long width, const int32_t *rows, long out_height, const int32_t *columns, long out_width, float *y))
