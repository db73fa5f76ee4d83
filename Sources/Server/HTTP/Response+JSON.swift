import HTTPTypes
import Hummingbird

extension Response {
    /// A JSON document, never cached.
    static func json(_ json: JSON, status: HTTPResponse.Status = .ok, type: String = "application/json") -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: json.text + "\n")))
    }
}
