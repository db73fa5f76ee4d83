import Images
import ONNX
import Synchronization
import Tensors
import Testing
import Vision

@Suite struct AnalyzerTests {
    /// Models that find one face in one person, and one cup.
    private static func models(
        failing: VisionTask? = nil, faces: FakeNetwork? = nil
    ) throws -> VisionModels {
        var faceOutputs = FaceOutputs(width: 416, height: 416)
        faceOutputs.put(stride: 16, column: 6, row: 4, score: 0.9, x: 80, y: 40, width: 50, height: 60)
        var objectOutputs = ObjectOutputs()
        objectOutputs.put("person", score: 0.8, x: 105, y: 200, width: 120, height: 360)
        objectOutputs.put("cup", score: 0.7, x: 300, y: 300, width: 40, height: 50)
        let (faceTensors, objectTensors) = (faceOutputs.all, objectOutputs.all)
        func answer(
            _ task: VisionTask, _ tensors: [String: Tensor]
        ) -> @Sendable (Tensor, Int) throws(ModelError) -> [String: Tensor] {
            { _, _ throws(ModelError) in
                if task == failing { throw ModelError("the \(task.rawValue) model is broken") }
                return tensors
            }
        }
        var models = VisionModels()
        try models.add(name: "yunet_n_dynamic", network: faces ?? FaceOutputs.network(answer(.faces, faceTensors)))
        try models.add(name: "yolox_nano", network: ObjectOutputs.network(answer(.objects, objectTensors)))
        try models.add(
            name: "fer2013_mini_xception",
            network: FakeNetwork(
                input: [1, 64, 64, 1], outputs: ["probs": [1, 7]],
                answer: answer(.expression, ["probs": Tensor([0, 0, 0, 1, 0, 0, 0] as [Float], shape: [1, 7])])))
        try models.add(
            name: "heckle_attributes",
            network: FakeNetwork(
                input: [1, 3, 64, 64], outputs: ["probs": [1, 5]],
                answer: answer(
                    .faceAttributes, ["probs": Tensor([0.9, 0.8, 0.1, 0.2, 0.7] as [Float], shape: [1, 5])])))
        try models.add(
            name: "fsanet_1x1",
            network: FakeNetwork(
                input: [1, 3, 64, 64], outputs: ["output": [1, 3]],
                answer: answer(.headPose, ["output": Tensor([1, 2, 3] as [Float], shape: [1, 3])])))
        try models.add(
            name: "ultralight_simplepose",
            network: FakeNetwork(
                input: [1, 3, 256, 192], outputs: BodyPoseEstimator.outputShapes,
                answer: answer(
                    .bodyPose,
                    [
                        "hybridsequential0_conv7_fwd": Tensor(
                            [Float](repeating: 0.1, count: 17 * 3072), shape: [1, 17, 64, 48])
                    ])))
        try models.add(
            name: "heckle_scene",
            network: SceneOutputs.network(["kitchen": 0.9, "office": 0.1], failing: failing == .scene))
        return models
    }

    /// Tasks that run where a model for things is at hand, which finds the people too.
    private static let tasks = VisionTask.allCases.filter { $0 != .people }

    private let photo = Image(grey: 416, 416) { x, y in Double((x + y) % 256) }

    @Test func everyModelAddsItsPart() throws {
        let analysis = try Analyzer(models: Self.models()).analyze(photo, captured: "2024:05:01 18:30:00")
        #expect((analysis.width, analysis.height) == (416, 416))
        #expect(analysis.captured == "2024:05:01 18:30:00")
        #expect(analysis.faces.count == 1 && analysis.bodies.count == 1 && analysis.objects.map(\.label) == ["cup"])
        #expect(analysis.faces[0].expression?.top.label == "happy")
        let attributes = FaceAttributes(
            isSmiling: 0.9, isMouthOpen: 0.8, areEyesClosed: 0.1, wearsGlasses: 0.2, wearsHat: 0.7)
        #expect(analysis.faces[0].attributes == attributes)
        #expect(analysis.faces[0].pose == FacePose(yaw: -1, pitch: 2, roll: 3, source: .model))
        #expect(analysis.bodies[0].keypoints.count == 17)
        #expect(analysis.models.map(\.task) == Self.tasks)
        #expect(
            analysis.models.map(\.id) == [
                "yunet_n_dynamic", "yolox_nano", "fer2013_mini_xception", "heckle_attributes", "fsanet_1x1",
                "ultralight_simplepose", "heckle_scene",
            ])
        #expect(analysis.scene?.top.label == "kitchen" && analysis.scene?.probability(of: "indoor") == 1)
        #expect(analysis.models.allSatisfy { $0.milliseconds >= 0 })
        #expect(analysis.skipped.isEmpty && analysis.failed.isEmpty)
        #expect(analysis.measures.composition.people?.count == 1)
        #expect(analysis.measures.lighting.brightness > 0)
    }

    @Test func withoutModelsMeasuresSpeak() throws {
        let analysis = try Analyzer(models: VisionModels()).analyze(photo)
        #expect(analysis.skipped == VisionTask.allCases.map { SkippedTask(task: $0, reason: .noModel) })
        #expect(analysis.models.isEmpty && analysis.measures.composition.people == nil)
        #expect(analysis.measures.quality.megapixels > 0)
    }

    @Test(arguments: tasks)
    func oneThatFailsDoesNotStopTheOthers(task: VisionTask) throws {
        let analysis = try Analyzer(models: Self.models(failing: task)).analyze(photo)
        // The finder of people is the same model, and fails likewise.
        guard task != .objects else {
            #expect(analysis.failed.map(\.task) == [.objects, .people] && analysis.bodies.isEmpty)
            return
        }
        #expect(analysis.failed == [FailedTask(task: task, message: "the \(task.rawValue) model is broken")])
        #expect(!analysis.ran(task))
        let needy: Set<VisionTask> = task == .faces ? [.expression, .faceAttributes, .headPose] : []
        #expect(Set(analysis.skipped.map(\.task)) == needy)
        #expect(analysis.skipped.allSatisfy { $0.reason == .nothingToDo })
        #expect(analysis.models.count == Self.tasks.count - 1 - needy.count)
        // Without the model, poses come from the points.
        if task == .headPose { #expect(analysis.faces[0].pose?.source == .points) }
    }

    @Test func onlyWhatIsAskedForRuns() throws {
        let analysis = try Analyzer(models: Self.models()).analyze(photo, tasks: [.faces, .headPose])
        #expect(analysis.models.map(\.task) == [.faces, .headPose])
        #expect(analysis.skipped.map(\.task) == [.objects, .people, .expression, .faceAttributes, .bodyPose, .scene])
        #expect(analysis.skipped.allSatisfy { $0.reason == .notRequested })
    }

    @Test func progressNamesStagesInOrder() throws {
        var seen: [String] = []
        _ = try Analyzer(models: Self.models()).analyze(
            photo,
            progress: { progress in
                switch progress {
                case .started(let stage): seen.append("+" + stage)
                case .finished(let stage, let milliseconds):
                    #expect(milliseconds >= 0)
                    seen.append("-" + stage)
                }
            })
        let stages = [
            "faces", "objects", "expression", "face_attributes", "head_pose", "body_pose", "scene", "measures",
        ]
        #expect(seen == stages.flatMap { ["+" + $0, "-" + $0] })
    }

    @Test(arguments: 0..<6)
    func cancellingEndsTheWork(after questions: Int) throws {
        var asked = 0
        #expect(throws: CancellationError.self) {
            try Analyzer(models: Self.models()).analyze(
                photo,
                isCancelled: {
                    asked += 1
                    return asked > questions
                })
        }
        #expect(asked == questions + 1)
    }

    @Test func facesBeyondTheLimitAreNotReadOneByOne() throws {
        var outputs = FaceOutputs(width: 416, height: 416)
        for index in 0..<30 {
            outputs.put(
                stride: 8, column: index % 6 * 8, row: index / 6 * 8, score: 0.9, x: Float(index % 6 * 64),
                y: Float(index / 6 * 64), width: 30, height: 30)
        }
        let all = outputs.all
        let models = try Self.models(faces: FaceOutputs.network { _, _ throws(ModelError) in all })
        let analysis = try Analyzer(models: models).analyze(photo)
        #expect(analysis.faces.count == 30)
        #expect(analysis.faces.count { $0.expression != nil } == Analyzer.mostSubjects)
    }

    @Test func unknownNamesAreNotOfVision() throws {
        var models = VisionModels()
        #expect(try !models.add(name: "some-language-model", path: "/nowhere", pool: WorkerPool(threads: 1)))
        #expect(throws: ModelError.self) {
            try models.add(name: "yolox_nano", path: "/nowhere", pool: WorkerPool(threads: 1))
        }
        #expect(VisionTask.allCases.allSatisfy { models.name(for: $0) == nil })
    }

    /// Where people alone are asked for, the model for things finds them and says nothing of things.
    @Test func peopleAreFoundByTheModelForThings() throws {
        let models = try Self.models()
        let asked = try Analyzer(models: models).analyze(photo, tasks: [.people])
        #expect(asked.models.map(\.id) == ["yolox_nano"] && asked.models.map(\.task) == [.people])
        #expect(asked.bodies.count == 1 && asked.objects.isEmpty && asked.measures.composition.people?.count == 1)
        #expect(asked.lookedForPeople && !asked.ran(.objects))
    }

    /// Without a model for things one for people finds them; with one it is not asked.
    @Test(arguments: [false, true])
    func peopleHaveAModelOfTheirOwn(hasObjects: Bool) throws {
        var models = hasObjects ? try Self.models() : VisionModels()
        var outputs = ObjectOutputs(side: PeopleDetector.rule.width, labels: ["person"])
        outputs.put("person", score: 0.8, x: 96, y: 96, width: 24, height: 48)
        let tensors = outputs.all
        try models.add(
            name: "heckle_people",
            network: ObjectOutputs.network(side: PeopleDetector.rule.width, shapes: PeopleDetector.outputShapes) {
                _, _ throws(ModelError) in tensors
            })
        let analysis = try Analyzer(models: models).analyze(photo)
        #expect(analysis.lookedForPeople && analysis.bodies.count == 1)
        #expect(analysis.models.map(\.id).contains("heckle_people") == !hasObjects)
        #expect(models.name(for: .people) == (hasObjects ? "yolox_nano" : "heckle_people"))
    }

    @Test func everyTaskHasAModel() {
        #expect(Set(Models.all.map { $0.task }) == Set(VisionTask.allCases))
        let names = Models.all.flatMap { $0.names }
        #expect(Set(names).count == names.count)
        for name in names { #expect(Models.model(named: name)?.names.contains(name) == true) }
        #expect(Models.model(named: "nobody") == nil)
    }
}
