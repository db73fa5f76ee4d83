/// A number with a fixed count of digits after the point, in a column of `width`.
func column(_ value: Double, digits: Int, width: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = Int((value * scale).rounded())
    let whole = String(rounded / Int(scale))
    let fraction = String(rounded % Int(scale))
    let text = digits == 0 ? whole : whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// Text in a column of `width`, to the left.
func column(_ text: String, width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}
