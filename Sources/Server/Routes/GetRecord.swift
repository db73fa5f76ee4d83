import HTTPTypes
import Hummingbird

extension Route {
    /// `GET /v1/roasts/{id}` and likewise: an answer that was kept.
    static func getRecord(_ services: Services, _ kind: AnswerKind) -> Route {
        Route(method: .get, path: "/v1/\(kind.collection)/{id}") { _, context in
            guard let records = services.configuration.records else { throw Problem.nothingKept }
            let id = context.parameters.get("id") ?? ""
            guard Identifier.isValid(id, prefix: kind.prefix), let answer = try await records.answer(id) else {
                throw Problem.notFound("no \(kind.rawValue) of this id is kept")
            }
            return Response.json(answer)
        }
    }
}

extension Problem {
    /// For ids, where the server keeps no answers.
    static let nothingKept = Problem.notFound("answers are not kept: the server was started without --retain")
}
