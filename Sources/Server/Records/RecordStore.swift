import Foundation
import GRDB

/// Answers that users asked to keep: one SQLite row each, no pixels, until a set time has passed.
package final class RecordStore: Sendable {
    /// How long an answer is kept.
    package let seconds: Int
    private let queue: DatabaseQueue

    /// When an answer will be forgotten.
    struct Expiry: Sendable {
        let date: Date
        /// RFC 3339, UTC, whole seconds.
        var text: String { date.formatted(.iso8601) }
    }

    /// Opens or makes the file, readable by its owner alone, and forgets what is past its time.
    ///
    /// - Parameters:
    ///   - path: its folder is made where it is missing.
    ///   - seconds: at least 1.
    package init(path: String, seconds: Int) throws {
        precondition(seconds > 0, "answers kept for \(seconds) s")
        self.seconds = seconds
        let files = FileManager.default
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if !files.fileExists(atPath: path) {
            // Made here and not by SQLite, whose own files take over the mode of this one.
            guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
            }
        }
        try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        var configuration = Configuration()
        configuration.label = "heckle.answers"
        configuration.prepareDatabase { database in
            // What is deleted is overwritten with zeros.
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS answers (
                        id TEXT PRIMARY KEY NOT NULL,
                        expires REAL NOT NULL,
                        body TEXT NOT NULL
                    );
                    CREATE INDEX IF NOT EXISTS answers_by_expiry ON answers (expires);
                    """)
            try RecordStore.sweep(database)
        }
    }

    /// When an answer given now will be forgotten.
    func expiry() -> Expiry { Expiry(date: Date(timeIntervalSinceNow: Double(seconds))) }

    func save(_ answer: JSON, id: String, until expiry: Expiry) async throws {
        let body = answer.text
        try await queue.write { database in
            try RecordStore.sweep(database)
            try database.execute(
                sql: "INSERT INTO answers (id, expires, body) VALUES (?, ?, ?)",
                arguments: [id, expiry.date.timeIntervalSince1970, body])
        }
    }

    /// The answer of this id, or nil where there is none or it is past its time.
    func answer(_ id: String) async throws -> JSON? {
        let body = try await queue.write { database in
            try RecordStore.sweep(database)
            return try String.fetchOne(database, sql: "SELECT body FROM answers WHERE id = ?", arguments: [id])
        }
        return try body.map { try JSON(parsing: Data($0.utf8)) }
    }

    /// Forgets one answer; false where there was none.
    func delete(_ id: String) async throws -> Bool {
        try await queue.write { database in
            try RecordStore.sweep(database)
            try database.execute(sql: "DELETE FROM answers WHERE id = ?", arguments: [id])
            return database.changesCount > 0
        }
    }

    /// Forgets what is past its time.
    package func sweep() async throws { try await queue.write { try RecordStore.sweep($0) } }

    private static func sweep(_ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM answers WHERE expires <= ?", arguments: [Date().timeIntervalSince1970])
    }
}
