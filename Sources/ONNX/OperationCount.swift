package import Tensors

/// How much arithmetic a model takes: what speed is measured in.
package enum OperationCount {
    /// Multiplications and additions of the convolutions and matrix products in one run: two a product.
    ///
    /// They are counted in the graph as the file has it, before any rewrite, so that a model counts the same however it
    /// is computed. What other nodes do is not counted, nor graphs within nodes.
    ///
    /// - Parameters:
    ///   - path: the ONNX file.
    ///   - inputs: as ``Session/run(_:)`` takes them.
    /// - Returns: nil where some shapes are known only while running.
    package static func count(
        path: String, inputs: [String: Tensor], pool: WorkerPool, options: SessionOptions = .standard
    ) throws(ModelError) -> Double? {
        let storage: Storage
        do { storage = try Storage(mapping: path) } catch { throw ModelError(error.reason).at(file: path) }
        do throws(ModelError) {
            let model = try ModelProto(ByteReader(storage))
            var (graph, infos, _) = try GraphBuilder.build(model, files: ExternalFiles(besides: path))
            graph.removeUnused()
            // Values only where shapes do not suffice: what depends on known values alone is not part of a run.
            for usesValues in [false, true] {
                let types = try Self.types(infos, inputs, usesValues: usesValues)
                do throws(ModelError) {
                    let plan = try Planner.plan(
                        graph, inputs: types, pool: pool, memoryLimit: options.memoryLimit,
                        effort: Effort(limit: options.nodeLimit))
                    return count(plan, graph)
                } catch  where error.wantsValue {}
            }
            return nil
        } catch { throw error.at(file: path) }
    }

    private static func types(
        _ infos: [ValueInfo], _ inputs: [String: Tensor], usesValues: Bool
    ) throws(ModelError) -> [(type: TensorType, value: Tensor?)] {
        var types: [(type: TensorType, value: Tensor?)] = []
        for info in infos {
            guard let tensor = inputs[info.name] else { throw ModelError("input \"\(info.name)\" is missing") }
            let isValue = usesValues && tensor.count <= Session.valueLimit && tensor.type == info.type.computed
            types.append((TensorType(type: info.type.computed, shape: tensor.shape), isValue ? tensor : nil))
        }
        return types
    }

    private static func count(_ plan: Plan, _ graph: Graph) -> Double {
        plan.calls.reduce(0) { sum, call in
            let inputs = call.inputs.map { $0.map { plan.values[$0].type.shape } ?? [] }
            let output = call.outputs.first.flatMap { $0 }.map { plan.values[$0].type.shape } ?? []
            return sum + 2 * products(graph.nodes[call.node].operatorName, inputs, output)
        }
    }

    /// Products that a node adds up.
    private static func products(_ operatorName: String, _ inputs: [[Int]], _ output: [Int]) -> Double {
        func size(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
        /// Products with one filter's weights; `weights` [M, C / group, ...].
        func perFilter(_ weights: [Int]) -> Double { size(Array(weights.dropFirst())) }
        return switch operatorName {
        case "Conv", "ConvInteger": size(output) * perFilter(inputs[1])
        case "QLinearConv": size(output) * perFilter(inputs[3])
        // Every element of the input meets the weights of its channel: [C, M / group, ...].
        case "ConvTranspose": size(inputs[0]) * perFilter(inputs[1])
        case "MatMul", "MatMulInteger", "QLinearMatMul": size(output) * Double(inputs[0].last ?? 1)
        // A is [M, K] or [K, M]; the result has N columns.
        case "Gemm": size(inputs[0]) * Double(output.last ?? 1)
        default: 0
        }
    }
}
