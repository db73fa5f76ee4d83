import ONNX
import Tensors
import Testing

/// What a file that means harm may take.
private let hostileOptions = SessionOptions(memoryLimit: 64 << 20, nodeLimit: 10_000)

/// Loads the bytes and runs what comes out with whatever shapes it asks for; true if that went well.
func survives(_ bytes: [UInt8], _ pool: WorkerPool) -> Bool {
    do throws(ModelError) {
        let session = try Session(bytes: bytes, name: "hostile", pool: pool, options: hostileOptions)
        var inputs: [String: Tensor] = [:]
        for input in session.inputs {
            let shape = (input.shape ?? []).map { min($0 ?? 12, 64) }
            guard let count = Tensor.count(of: shape), count < 1 << 20 else { return false }
            inputs[input.name] = Tensor(shape: shape, type: input.type)
        }
        _ = try session.run(inputs)
        return true
    } catch {
        #expect(!error.description.isEmpty)
        return false
    }
}
