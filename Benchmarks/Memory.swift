/// Memory of the benchmarks, never freed: a kernel's table takes pointers.
@safe struct Memory<Element: BitwiseCopyable> {
    let start: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, _ element: (Int) -> Element) {
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
        unsafe start = unsafe raw.bindMemory(to: Element.self, capacity: count)
        for index in 0..<count { unsafe (start + index).initialize(to: element(index)) }
    }
}

extension Memory<Float> {
    /// Values spread over -1...1.
    init(count: Int) {
        self.init(count: count) { Float(($0 &* 2_654_435_761) & 0xFFFF) / 32768 - 1 }
    }
}

extension Memory<UInt8> {
    /// Bytes of all kinds.
    init(count: Int) {
        self.init(count: count) { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 8) }
    }
}
