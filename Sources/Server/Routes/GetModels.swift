import Engine
import HTTPTypes
import Hummingbird

extension Route {
    /// `GET /v1/models`: the models at hand, in the form that OpenAI's clients read.
    static func getModels(_ services: Services) -> Route {
        Route(method: .get, path: "/v1/models") { _, _ in
            let models = await services.engine.status().models
            return Response.json(["object": "list", "data": .array(models.map(\.json))])
        }
    }

    /// `GET /v1/models/{id}`: one of them.
    static func getModel(_ services: Services) -> Route {
        Route(method: .get, path: "/v1/models/{id}") { _, context in
            let id = context.parameters.get("id")
            guard let model = await services.engine.status().models.first(where: { $0.id == id }) else {
                throw Problem.notFound("no model of this id is at hand")
            }
            return Response.json(model.json)
        }
    }
}

extension ModelDescription {
    /// As `/v1/models` and `heckle list --json` show it.
    package var json: JSON {
        [
            "id": .string(id), "object": "model", "created": 0, "owned_by": "heckle", "task": .string(task),
            "origin": .string(origin.rawValue), "digest": .string(digest), "bytes": .integer(byteCount),
            "licence": .string(licence), "quant": .string(quantization),
            "accuracy": .optional(accuracy) { .string($0) },
        ]
    }
}
