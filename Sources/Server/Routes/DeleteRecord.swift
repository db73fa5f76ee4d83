import HTTPTypes
import Hummingbird

extension Route {
    /// `DELETE /v1/roasts/{id}` and likewise: forgets an answer that was kept.
    static func deleteRecord(_ services: Services, _ kind: AnswerKind) -> Route {
        Route(method: .delete, path: "/v1/\(kind.collection)/{id}") { _, context in
            guard let records = services.configuration.records else { throw Problem.nothingKept }
            let id = context.parameters.get("id") ?? ""
            guard Identifier.isValid(id, prefix: kind.prefix), try await records.delete(id) else {
                throw Problem.notFound("no \(kind.rawValue) of this id is kept")
            }
            return Response(status: .noContent)
        }
    }
}
