/// How the server is set up.
package struct ServerConfiguration: Sendable {
    /// Who may talk to it; knows the port.
    package var gate: Gate
    /// What `version` says.
    package var version: String
    package var limits: RequestLimits
    /// Where answers are kept that ask for it; nil to keep none.
    package var records: RecordStore?

    package init(gate: Gate, version: String, limits: RequestLimits = RequestLimits(), records: RecordStore? = nil) {
        self.gate = gate
        self.version = version
        self.limits = limits
        self.records = records
    }
}

/// How much of a request is taken. Pixels are limited where photos are decoded.
package struct RequestLimits: Sendable {
    /// Bytes of a photo.
    package var file = 20 << 20
    /// Bytes of a request's body, whatever form the photo has in it.
    package var body = 32 << 20
    /// Bytes of all bodies that are held at a time; beyond them requests are told to come again.
    package var memory = 512 << 20
    /// How long a body may take to arrive.
    package var bodyTime: Duration = .seconds(60)
    /// How often a quiet stream says that it is alive.
    package var ping: Duration = .seconds(15)
    /// How long a refused body is still taken, so that its sender comes to read why; zero to leave that to the client.
    package var linger: Duration = .seconds(3)

    package init() {}
}
