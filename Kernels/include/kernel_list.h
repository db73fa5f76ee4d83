/* Every kernel, one line: result, name, parameters. Include it after defining KERNEL.
 *
 * Counts are elements. `x` is read, `y` is written; an elementwise kernel may work in place (y == x), no other may.
 * `n` may be 0. Sums run in an order that depends on the sizes and the level alone.
 */

/* Reductions of a row. */
KERNEL(float, dot_f32, (const float *_Nonnull a, const float *_Nonnull b, long n))
KERNEL(float, sum_f32, (const float *_Nonnull x, long n))
KERNEL(float, largest_f32, (const float *_Nonnull x, long n))
KERNEL(float, squared_deviation_f32, (const float *_Nonnull x, float mean, long n))

/* Two rows, or a row and a number, element by element. */
KERNEL(void, add_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, subtract_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, multiply_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, divide_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, maximum_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, minimum_f32, (const float *_Nonnull a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, add_scalar_f32, (const float *_Nonnull a, float b, float *_Nonnull y, long n))
KERNEL(void, multiply_scalar_f32, (const float *_Nonnull a, float b, float *_Nonnull y, long n))
KERNEL(void, divide_scalar_f32, (const float *_Nonnull a, float b, float *_Nonnull y, long n))
KERNEL(void, maximum_scalar_f32, (const float *_Nonnull a, float b, float *_Nonnull y, long n))
KERNEL(void, minimum_scalar_f32, (const float *_Nonnull a, float b, float *_Nonnull y, long n))
KERNEL(void, scalar_subtract_f32, (float a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, scalar_divide_f32, (float a, const float *_Nonnull b, float *_Nonnull y, long n))
KERNEL(void, axpy_f32, (float scale, const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, scale_offset_f32, (const float *_Nonnull x, float scale, float offset, float *_Nonnull y, long n))

/* Functions of each element. */
KERNEL(void, relu_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, leaky_relu_f32, (const float *_Nonnull x, float slope, float *_Nonnull y, long n))
KERNEL(void, clip_f32, (const float *_Nonnull x, float low, float high, float *_Nonnull y, long n))
KERNEL(void, hard_sigmoid_f32, (const float *_Nonnull x, float alpha, float beta, float *_Nonnull y, long n))
KERNEL(void, hard_swish_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, sqrt_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, exp_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, sigmoid_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, silu_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, silu_multiply_f32, (const float *_Nonnull gate, const float *_Nonnull up, float *_Nonnull y, long n))
KERNEL(void, tanh_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, gelu_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, erf_f32, (const float *_Nonnull x, float *_Nonnull y, long n))

/* Rows of a transformer. rope: `halves` pairs element i with i + rotated / 2, else 2 i with 2 i + 1. */
KERNEL(void, softmax_f32, (const float *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, rms_norm_f32, (const float *_Nonnull x, const float *_Nonnull weight, float *_Nonnull y, long n, float epsilon))
KERNEL(void, rope_f32, (float *_Nonnull x, const float *_Nonnull cosines, const float *_Nonnull sines, long heads, long head_size, long rotated, _Bool halves))

/* Half precision and 4- and 8-bit blocks; n is a multiple of 32 for blocks. */
KERNEL(void, f32_to_f16, (const float *_Nonnull x, uint16_t *_Nonnull y, long n))
KERNEL(void, f16_to_f32, (const uint16_t *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, bf16_to_f32, (const uint16_t *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, quantize_q8_0, (const float *_Nonnull x, void *_Nonnull y, long n))
KERNEL(void, quantize_q4_0, (const float *_Nonnull x, void *_Nonnull y, long n))
KERNEL(void, dequantize_q8_0, (const void *_Nonnull x, float *_Nonnull y, long n))
KERNEL(void, dequantize_q4_0, (const void *_Nonnull x, float *_Nonnull y, long n))

/* Weights [rows, columns] times `vectors` vectors [vectors, columns]: y[v * stride + r]. Blocks: x is Q8_0. */
KERNEL(void, matrix_vectors_f32, (const float *_Nonnull weights, long rows, long columns, const float *_Nonnull x, long vectors, float *_Nonnull y, long stride))
KERNEL(void, matrix_vectors_f16, (const uint16_t *_Nonnull weights, long rows, long columns, const float *_Nonnull x, long vectors, float *_Nonnull y, long stride))
KERNEL(void, matrix_vectors_q8_0, (const void *_Nonnull weights, long rows, long columns, const void *_Nonnull x, long vectors, float *_Nonnull y, long stride))
KERNEL(void, matrix_vectors_q4_0, (const void *_Nonnull weights, long rows, long columns, const void *_Nonnull x, long vectors, float *_Nonnull y, long stride))

/* c = alpha a b + beta c, row-major; a is [m, k] ([k, m] when transposed), b [k, n] ([n, k]), c [m, n]. With beta 0, c is not read. */
KERNEL(void, gemm_f32, (_Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *_Nonnull a, long lda, const float *_Nonnull b, long ldb, float beta, float *_Nonnull c, long ldc))
KERNEL(void, gemm_loops_f32, (_Bool transpose_a, _Bool transpose_b, long m, long n, long k, float alpha, const float *_Nonnull a, long lda, const float *_Nonnull b, long ldb, float beta, float *_Nonnull c, long ldc))

/* Convolution and pooling over planes [channels, height, width]; rows `first_row ..< first_row + row_count` of the output. */
KERNEL(void, im2col_f32, (const float *_Nonnull x, long channels, const struct kernels_window *_Nonnull window, long first_row, long row_count, float *_Nonnull y))
KERNEL(void, depthwise_f32, (const float *_Nonnull x, const float *_Nonnull weights, float bias, const struct kernels_window *_Nonnull window, long first_row, long row_count, float *_Nonnull y))
KERNEL(void, convolution_f32, (const float *_Nonnull x, long in_channels, const float *_Nonnull weights, const float *_Nullable bias, long out_channels, const struct kernels_window *_Nonnull window, float *_Nonnull y))
KERNEL(void, max_pool_f32, (const float *_Nonnull x, long channels, const struct kernels_window *_Nonnull window, float *_Nonnull y))
KERNEL(void, average_pool_f32, (const float *_Nonnull x, long channels, const struct kernels_window *_Nonnull window, _Bool count_padding, float *_Nonnull y))

/* Layout. strided_copy: y, contiguous over `shape`, reads x at the sum of index * stride, strides in elements, 0 and below allowed. */
KERNEL(void, transpose_f32, (const float *_Nonnull x, long rows, long columns, float *_Nonnull y))
KERNEL(void, strided_copy, (const void *_Nonnull x, void *_Nonnull y, long element_size, long rank, const long *_Nonnull shape, const long *_Nonnull strides))
KERNEL(void, hwc_to_chw, (const uint8_t *_Nonnull x, long pixels, const float *_Nonnull mean, const float *_Nonnull scale, _Bool swap, float *_Nonnull y, long plane))

/* Resampling. u8: fixed-point weights of 22 fraction bits, `size` a target; f32: two taps and a fraction, or one tap, a target. */
KERNEL(void, resample_row_u8, (const uint8_t *_Nonnull x, const int32_t *_Nonnull first, const int32_t *_Nonnull count, const int32_t *_Nonnull weights, long size, long width, uint8_t *_Nonnull y))
KERNEL(void, resample_column_u8, (const uint8_t *_Nonnull x, long stride, const int32_t *_Nonnull weights, long count, uint8_t *_Nonnull y, long n))
KERNEL(void, resize_linear_f32, (const float *_Nonnull x, long width, const int32_t *_Nonnull rows, const float *_Nonnull row_fractions, long out_height, const int32_t *_Nonnull columns, const float *_Nonnull column_fractions, long out_width, float *_Nonnull y))
KERNEL(void, resize_nearest_f32, (const float *_Nonnull x, long width, const int32_t *_Nonnull rows, long out_height, const int32_t *_Nonnull columns, long out_width, float *_Nonnull y))
