import Commentary
import Engine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

/// The options of requests and what is said of wrong ones.
@Suite struct OptionTests {
    private static func json(_ options: String) -> String {
        #"{"image":{"data":"\#(base64(Form.photo))"}\#(options.isEmpty ? "" : ",")\#(options)}"#
    }

    @Test func areTheSameInEveryForm() async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            let form = Form.plain.adding("style", "spicy").adding("max_lines", "5").adding("n", "2").adding(
                "seed", "77"
            )
            .adding("avoid", "time, object.cell_phone").adding("unheard_of", "x")
            #expect(try await client.post("/v1/roasts", form).status == .ok)
            let query = "?style=spicy&max_lines=5&n=2&seed=77&avoid=time&avoid=object.cell_phone&unheard_of=x"
            #expect(try await client.post("/v1/roasts" + query, type: "image/jpeg", Form.photo).status == .ok)
            let document = Self.json(
                #""style":"spicy","max_lines":5,"n":2,"seed":77,"avoid":["time","object.cell_phone"],"unheard_of":{"a":1}"#
            )
            #expect(try await client.post("/v1/roasts", json: document).status == .ok)
        }
        let options = try #require(engine.options.first)
        #expect(engine.options == [options, options, options])
        #expect(options.kind == .roast && options.style == .spicy && options.maxLines == 5 && options.alternatives == 2)
        #expect(options.seed == 77 && options.avoid == ["time", "object.cell_phone"])
    }

    @Test func haveDefaults() async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            for _ in 0..<2 { _ = try await client.post("/v1/roasts", Form.plain.adding("style", "")) }
            _ = try await client.post("/v1/captions", json: Self.json(#""style":null,"language":"en-GB""#))
        }
        let roast = engine.options[0]
        #expect(roast.style == .dry && roast.maxLines == 3 && roast.alternatives == 1 && roast.avoid == [])
        let caption = engine.options[2]
        #expect(caption.kind == .caption && caption.style == .plain && caption.maxLines == 1)
        // Seeds are drawn at random, and short enough for every reader of JSON.
        #expect(engine.options[0].seed != engine.options[1].seed)
        #expect(engine.options.allSatisfy { ($0.seed ?? .max) < 1 << 32 })
    }

    @Test(
        arguments: [
            ("0", 0), ("9007199254740992", 1 << 53), (#""18446744073709551615""#, UInt64.max), (#""12""#, 12),
        ] as [(String, UInt64)])
    func keepEveryDigitOfASeed(_ text: String, _ seed: UInt64) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            let response = try await client.post("/v1/roasts", json: Self.json(#""seed":\#(text)"#))
            #expect(try response.json()["seed"] == .seed(seed))
        }
        #expect(engine.options.first?.seed == seed)
    }

    @Test(arguments: [
        (#""style":"plain""#, "style"), (#""style":3"#, "style"), (#""style":["dry"]"#, "style"),
        (#""max_lines":0"#, "max_lines"), (#""max_lines":6"#, "max_lines"), (#""max_lines":"3""#, "max_lines"),
        (#""max_lines":2.5"#, "max_lines"), (#""max_lines":1e99"#, "max_lines"), (#""n":4"#, "n"), (#""n":-1"#, "n"),
        (#""seed":-1"#, "seed"), (#""seed":1.5"#, "seed"), (#""seed":9007199254740993"#, "seed"),
        (#""seed":"18446744073709551616""#, "seed"), (#""seed":"+1""#, "seed"), (#""seed":true"#, "seed"),
        (#""language":"de""#, "language"), (#""model":"gpt-9""#, "model"), (#""model":{}"#, "model"),
        (#""avoid":["weight"]"#, "avoid"), (#""avoid":["object.unicorn"]"#, "avoid"), (#""avoid":"time""#, "avoid"),
        (#""avoid":[1]"#, "avoid"), (#""opt_in":{}"#, "opt_in"), (#""stream":"yes""#, "stream"),
        (#""stream":1"#, "stream"),
        (#""retain":"true""#, "retain"), (#""retain":true"#, "retain"), (#""consent":"self""#, "consent"),
        (#""consent":{"subject":"a stranger"}"#, "consent.subject"),
    ])
    func refusesWrongValues(_ options: String, _ parameter: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            let response = try await client.post("/v1/roasts", json: Self.json(options))
            try expectProblem(response, 400, "invalid_option", parameter: parameter)
        }
        #expect(engine.received.isEmpty)
    }

    @Test(arguments: [("style", "mild"), ("max_lines", "many"), ("n", "0x1"), ("seed", "1 2"), ("stream", "perhaps")])
    func refusesWrongTextInFormsAndQueries(_ name: String, _ value: String) async throws {
        try await withServer { client async throws in
            let form = try await client.post("/v1/roasts", Form.plain.adding(name, value))
            try expectProblem(form, 400, "invalid_option", parameter: name)
            let escaped = value.split(separator: " ").joined(separator: "%20")
            let query = try await client.post("/v1/roasts?\(name)=\(escaped)", type: "image/png", Form.photo)
            try expectProblem(query, 400, "invalid_option", parameter: name)
        }
    }

    @Test func refusesStylesOfTheOtherKindAndUnknownTasks() async throws {
        try await withServer { client async throws in
            for style in ["dry", "gentle", "loud"] {
                let response = try await client.post("/v1/captions", json: Self.json(#""style":"\#(style)""#))
                try expectProblem(response, 400, "invalid_option", parameter: "style")
            }
            let response = try await client.post("/v1/analyses", json: Self.json(#""tasks":["faces","age"]"#))
            try expectProblem(response, 400, "invalid_option", parameter: "tasks")
        }
    }

    @Test func takesEveryStyleAndTheModelAtHand() async throws {
        try await withServer { client async throws in
            for style in CommentStyle.allCases {
                let route = style.task == .roast ? "/v1/roasts" : "/v1/captions"
                let options = #""style":"\#(style.rawValue)","model":"\#(FakeEngine.writer.id)""#
                let response = try await client.post(route, json: Self.json(options))
                #expect(try response.json()["style"] == .string(style.rawValue))
            }
            let consent = #""consent":{"subject":"self","adults_only":true}"#
            #expect(try await client.post("/v1/roasts", json: Self.json(consent)).status == .ok)
        }
    }

    @Test func listsOptInsAsNotAvailable() async throws {
        try await withServer { client async throws in
            let response = try await client.post("/v1/analyses", json: Self.json(#""opt_in":["age","horoscope"]"#))
            let skipped: JSON = [
                ["task": "head_pose", "reason": "no_model"], ["task": "age", "reason": "not_available"],
                ["task": "horoscope", "reason": "not_available"],
            ]
            #expect(try response.json()["skipped"] == skipped)
        }
    }
}
