/// The operators there are.
package enum OperatorTable {
    /// Versions of the standard operator set that files may be written in.
    static let opsets = 7...28

    /// One line an operator or family.
    static let all: [any Operator.Type] = [
        ArgExtreme.self,
        BatchNormalization.self,
        Binary.self,
        Bits.self,
        Cast.self,
        Clip.self,
        Comparison.self,
        Concat.self,
        Constant.self,
        ConstantOfShape.self,
        Conv.self,
        ConvTranspose.self,
        Crop.self,
        Cumulative.self,
        DepthToSpace.self,
        DequantizeLinear.self,
        DynamicQuantizeLinear.self,
        Einsum.self,
        Expand.self,
        EyeLike.self,
        Flatten.self,
        Gather.self,
        GatherElements.self,
        GatherND.self,
        Gemm.self,
        GlobalPool.self,
        GridSample.self,
        GroupNormalization.self,
        Hardmax.self,
        Identity.self,
        If.self,
        ImageScaler.self,
        InstanceNormalization.self,
        IntegerConv.self,
        IntegerProduct.self,
        IsInf.self,
        LRN.self,
        LayerNormalization.self,
        Logic.self,
        Loop.self,
        LpNormalization.self,
        MatMul.self,
        MeanVarianceNormalization.self,
        NonMaxSuppression.self,
        NonZero.self,
        OneHot.self,
        PRelu.self,
        Pad.self,
        Pool.self,
        QuantizeLinear.self,
        RMSNormalization.self,
        RangeOperator.self,
        Reduce.self,
        Reshape.self,
        Resize.self,
        RoiAlign.self,
        ScatterElements.self,
        ScatterND.self,
        Shape.self,
        Sign.self,
        Slice.self,
        Softmax.self,
        Split.self,
        Squeeze.self,
        Tile.self,
        TopK.self,
        Transpose.self,
        Trilu.self,
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
