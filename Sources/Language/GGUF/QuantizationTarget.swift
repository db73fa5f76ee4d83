/// A format that model files are written in: a type for most matrices, and rules for those that need another.
///
/// The names, and which matrices of a mixed file take more bits, are llama.cpp's.
package enum QuantizationTarget: String, Sendable, CaseIterable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_1
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_1
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case iq4_nl
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_k_s
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_k_m
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_k_m
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q6_k

    /// The type of most matrices.
    package var type: any QuantizedType {
        switch self {
        case .q4_0: Q4_0()
        case .q4_1: Q4_1()
        case .q5_0: Q5_0()
        case .q5_1: Q5_1()
        case .q8_0: Q8_0()
        case .iq4_nl: IQ4_NL()
        case .q4_k_s, .q4_k_m: Q4_K()
        case .q5_k_m: Q5_K()
        case .q6_k: Q6_K()
        }
    }

    /// `general.file_type`.
    var fileType: UInt32 {
        switch self {
        case .q4_0: 2
        case .q4_1: 3
        case .q8_0: 7
        case .q5_0: 8
        case .q5_1: 9
        case .q4_k_s: 14
        case .q4_k_m: 15
        case .q5_k_m: 17
        case .q6_k: 18
        case .iq4_nl: 25
        }
    }

    /// The type of a matrix in layer `layer` of `layers`, before it is asked whether its rows are whole blocks.
    ///
    /// Values and the way down of a feed-forward part suffer most from few bits, and the first and last layers most of all.
    func type(ofPart part: String, layer: Int, layers: Int) -> any QuantizedType {
        let isValue = part == "attn_v.weight"
        let isDown = part.hasPrefix("ffn_down")
        let isFirst = layer < layers / 8
        let takesMore = isFirst || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2
        switch self {
        case .q4_k_m:
            if part == "attn_qkv.weight" { return Q5_K() }
            return (isValue || isDown) && takesMore ? Q6_K() : type
        case .q5_k_m:
            if part == "attn_qkv.weight" { return Q6_K() }
            return (isValue || isDown) && takesMore ? Q6_K() : type
        case .q4_k_s: return isValue && layer < 4 || isDown && isFirst ? Q5_K() : type
        case .iq4_nl: return isDown && isFirst ? Q5_K() : type
        default: return type
        }
    }

    /// The type of the matrix that scores tokens, where small errors show most.
    var outputType: any QuantizedType { self == .q8_0 ? Q8_0() : Q6_K() }

    /// What takes the place of a type with blocks of 256 where rows are no multiple of that: blocks of 32 with more bits.
    static func substitute(for type: any QuantizedType) -> any QuantizedType {
        switch type.name {
        case "Q4_K": Q5_0()
        case "Q5_K": Q5_1()
        case "Q6_K": Q8_0()
        default: type
        }
    }
}
