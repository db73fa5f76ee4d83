/// The operators there are.
package enum OperatorTable {
    /// Versions of the standard operator set that files may be written in.
    static let opsets = 7...28

    /// One line an operator or family.
    static let all: [any Operator.Type] = [
        ArgExtreme.self,
        BatchNormalization.self,
        Binary.self,
        Cast.self,
        Clip.self,
        Comparison.self,
        Concat.self,
        Constant.self,
        ConstantOfShape.self,
        Conv.self,
        ConvTranspose.self,
        Crop.self,
        DepthToSpace.self,
        Expand.self,
        Flatten.self,
        Gather.self,
        GatherElements.self,
        GatherND.self,
        Gemm.self,
        GlobalPool.self,
        Identity.self,
        ImageScaler.self,
        InstanceNormalization.self,
        LRN.self,
        LayerNormalization.self,
        Logic.self,
        MatMul.self,
        PRelu.self,
        Pad.self,
        Pool.self,
        RangeOperator.self,
        Reduce.self,
        Reshape.self,
        Resize.self,
        Shape.self,
        Sign.self,
        Slice.self,
        Softmax.self,
        Split.self,
        Squeeze.self,
        Tile.self,
        TopK.self,
        Transpose.self,
        Unary.self,
        Where.self,
    ]

    /// An operator's implementation and how it is called.
    struct Entry: Sendable {
        let type: any Operator.Type
        let signature: Signature
    }

    private static let entries: [String: Entry] = {
        var entries: [String: Entry] = [:]
        for type in all {
            for signature in type.signatures {
                let other = entries.updateValue(Entry(type: type, signature: signature), forKey: signature.name)
                precondition(other == nil, "\(signature.name) is listed twice")
            }
        }
        return entries
    }()

    /// The operator of this name, or nil.
    static func find(_ name: String) -> Entry? { entries[name] }

    /// Names of all operators, sorted.
    package static var names: [String] { entries.keys.sorted() }
}
