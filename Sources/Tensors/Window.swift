import Kernels

/// The shape of a window that slides over one image: of a convolution or a pooling. All sizes in elements.
package struct Window: Sendable, Hashable {
    /// A size or a step along the two axes.
    package struct Pair: Sendable, Hashable {
        package var y: Int
        package var x: Int

        package init(_ y: Int, _ x: Int) {
            self.y = y
            self.x = x
        }
    }

    /// Elements of zeros (or of nothing, for pooling) around the image.
    package struct Padding: Sendable, Hashable {
        package var top: Int
        package var left: Int
        package var bottom: Int
        package var right: Int

        package static let none = Padding(top: 0, left: 0, bottom: 0, right: 0)

        package init(top: Int, left: Int, bottom: Int, right: Int) {
            self.top = top
            self.left = left
            self.bottom = bottom
            self.right = right
        }
    }

    /// Height and width of the input.
    package let input: Pair
    package let kernel: Pair
    package let stride: Pair
    package let dilation: Pair
    package let padding: Padding
    /// Height and width of the output: floor((input + padding - dilation (kernel - 1) - 1) / stride) + 1, or the ceiling.
    package let output: Pair

    /// Nil where a kernel, stride or dilation is not positive, an input or padding negative, no output left, or a size
    /// past 2^31.
    ///
    /// - Parameter ceiling: rounds the output's size up, as pooling may ask for; a window that would then begin past the
    ///   input and its leading padding is left out.
    package init?(
        input: Pair, kernel: Pair, stride: Pair = Pair(1, 1), dilation: Pair = Pair(1, 1), padding: Padding = .none,
        ceiling: Bool = false
    ) {
        func output(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ before: Int, _ after: Int) -> Int? {
            let limit = 1 << 31
            guard size >= 0, size < limit, kernel > 0, kernel < limit, stride > 0, stride < limit, dilation > 0,
                dilation < limit, before >= 0, before < limit, after >= 0, after < limit
            else { return nil }
            let room = size + before + after - dilation * (kernel - 1) - 1
            guard room >= 0 else { return nil }
            var count = (ceiling ? (room + stride - 1) / stride : room / stride) + 1
            if ceiling, (count - 1) * stride >= size + before { count -= 1 }
            return count > 0 ? count : nil
        }
        guard
            let height = output(input.y, kernel.y, stride.y, dilation.y, padding.top, padding.bottom),
            let width = output(input.x, kernel.x, stride.x, dilation.x, padding.left, padding.right)
        else { return nil }
        self.input = input
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        self.output = Pair(height, width)
    }

    /// The window of some rows of outputs by themselves, and the rows of the input under it: the padding is what lies outside.
    package func band(_ rows: Range<Int>) -> (input: Range<Int>, window: Window) {
        precondition(!rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= output.y, "rows outside the output")
        let start = rows.lowerBound * stride.y - padding.top
        let end = start + inputRows(under: rows.count)
        let first = min(max(start, 0), input.y)
        let inside = first..<min(max(end, first), input.y)
        var around = padding
        (around.top, around.bottom) = (inside.lowerBound - start, end - inside.upperBound)
        let window = Window(
            of: self, input: Pair(inside.count, input.x), padding: around, output: Pair(rows.count, output.x))
        return (inside, window)
    }

    private init(of other: Window, input: Pair, padding: Padding, output: Pair) {
        (kernel, stride, dilation) = (other.kernel, other.stride, other.dilation)
        (self.input, self.padding, self.output) = (input, padding, output)
    }

    /// Rows of the input, with its padding, under so many rows of outputs; at least one.
    package func inputRows(under outputs: Int) -> Int { (outputs - 1) * stride.y + (kernel.y - 1) * dilation.y + 1 }

    /// Elements of one plane of the input.
    package var inputCount: Int { input.y * input.x }
    /// Elements of one plane of the output.
    package var outputCount: Int { output.y * output.x }
    /// Elements of one kernel.
    package var taps: Int { kernel.y * kernel.x }

    /// The same as C has it.
    var raw: kernels_window {
        kernels_window(
            height: input.y, width: input.x, kernel_height: kernel.y, kernel_width: kernel.x, stride_y: stride.y,
            stride_x: stride.x, dilation_y: dilation.y, dilation_x: dilation.x, pad_top: padding.top,
            pad_left: padding.left, pad_bottom: padding.bottom, pad_right: padding.right, out_height: output.y,
            out_width: output.x)
    }
}
