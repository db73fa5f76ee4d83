import HTTPTypes
import Hummingbird

extension Route {
    /// A file of the page at `/`.
    static func page(_ file: PageFile) -> Route {
        let tag = "\"\(file.tag)\""
        return Route(method: .get, path: file.path) { request, _ in
            let headers: HTTPFields = [.contentType: file.type, .cacheControl: "no-cache", .eTag: tag]
            if request.headers[values: .ifNoneMatch].contains(tag) {
                return Response(status: .notModified, headers: headers)
            }
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: file.text)))
        }
    }
}
