import Foundation
import Server
import Tensors

/// Type, shape and range of a tensor's values.
struct TensorSummary {
    let type: String
    let shape: [Int]
    /// Least, greatest and mean value; nil for an empty tensor and for types that Swift has no numbers for.
    let range: (least: Double, greatest: Double, mean: Double)?

    init(_ tensor: Tensor) {
        type = tensor.type.rawValue
        shape = tensor.shape
        range =
            switch tensor.type {
            case .float32: Self.range(tensor.elements(as: Float.self).array)
            case .float64: Self.range(tensor.elements(as: Double.self).array)
            case .int64: Self.range(tensor.elements(as: Int64.self).array.map(Double.init))
            case .int32: Self.range(tensor.elements(as: Int32.self).array.map(Double.init))
            case .uint8, .bool: Self.range(tensor.elements(as: UInt8.self).array.map(Double.init))
            default: nil
            }
    }

    private static func range(_ values: [some BinaryFloatingPoint]) -> (Double, Double, Double)? {
        guard let least = values.min(), let greatest = values.max() else { return nil }
        let sum = values.reduce(0) { $0 + Double($1) }
        return (Double(least), Double(greatest), sum / Double(values.count))
    }

    var text: String {
        let head = "\(type) [\(shape.map(String.init).joined(separator: ", "))]"
        guard let range else { return head }
        let numbers = [range.least, range.greatest, range.mean].map { String(format: "%.6g", $0) }
        return head + " least \(numbers[0]) greatest \(numbers[1]) mean \(numbers[2])"
    }

    var json: JSON {
        [
            "type": .string(type), "shape": .array(shape.map { .integer($0) }),
            "least": .optional(range) { .decimal($0.least, places: 6) },
            "greatest": .optional(range) { .decimal($0.greatest, places: 6) },
            "mean": .optional(range) { .decimal($0.mean, places: 6) },
        ]
    }
}
