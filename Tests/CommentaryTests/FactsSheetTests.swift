import Commentary
import Testing
import Vision

@Suite struct FactsSheetTests {
    @Test func withoutModelsNothingIsSaidOfPeople() {
        var scene = Scene()
        scene.analysis.measures.lighting.brightness = 0.1
        #expect(scene.sheet.texts == ["lighting=dark"])
    }

    /// Nobody is only stated when faces and bodies were both looked for.
    @Test(arguments: [[VisionTask.faces], [.objects], [.faces, .objects]])
    func nobodyNeedsBothDetectors(tasks: [VisionTask]) {
        let scene = Scene.with {
            $0.count(0, 0)
            $0.analysis.models = tasks.map { ModelRun(task: $0, id: "x", milliseconds: 0) }
        }
        #expect(scene.sheet.texts.contains("people=none") == (tasks.count == 2))
    }

    @Test func valuesOfOneKeyExcludeEachOther() {
        let scene = Scene.with {
            // Huge and centred, sharp and soft, a person alone.
            $0.add(face: 250, 150, 500, 560, pose: FacePose(yaw: 0, pitch: 0, roll: 0, source: .model))
            $0.count(1, 1)
            $0.analysis.measures.quality.sharpness = 0.9
            $0.analysis.measures.quality.faceSharpness = 0.3
        }
        let texts = scene.sheet.texts
        #expect(texts.contains("face_position=huge") && !texts.contains("face_position=centred"))
        #expect(texts.contains("sharpness=soft") && !texts.contains("sharpness=sharp"))
        for key in FactKey.allCases { #expect(scene.sheet.values(of: key).count <= key.limit) }
    }

    @Test func theSurestObjectComesFirstWithItsPlace() {
        let box = Box(x: 0, y: 0, width: 10, height: 10)
        let scene = Scene.with {
            $0.analysis.objects = [
                DetectedObject(label: "dog", score: 0.9, box: box), DetectedObject(label: "dog", score: 0.85, box: box),
                DetectedObject(label: "cup", score: 0.8, box: box),
            ]
        }
        #expect(scene.sheet.values(of: .object) == ["dog", "cup"])
        #expect(scene.sheet.fact(.object, "cup")?.source == "objects[2]")
        #expect(scene.sheet.fact(.object, "dog")?.source == "objects[0]")
        #expect(scene.sheet.fact(.object, "dog")?.confidence == 0.9)
    }

    @Test func weakFacesAreNotBuiltOn() {
        let scene = Scene.with {
            $0.add(face: 400, 300, 150, 300, score: 0.65, expression: ["happy": 1])
            $0.count(0, 1)
        }
        #expect(scene.sheet.facts.isEmpty, "\(scene.sheet.texts)")
    }

    /// The source names the face that was built on, not a larger doubtful one.
    @Test func sourcesNameTheFace() {
        let scene = Scene.with {
            $0.add(face: 100, 100, 200, 200, score: 0.62)
            $0.add(face: 500, 300, 150, 160, expression: ["happy": 1])
            $0.count(1, 2)
        }
        #expect(scene.sheet.fact(.expression, "happy")?.source == "faces[1].emotion")
    }

    /// A group looks one way only where all do.
    @Test(arguments: [([-20, -30, -40] as [Float], true), ([-20, 30, -40], false), ([-20, -30, -10], false)])
    func groupsMustAgree(yaws: [Float], isStated: Bool) {
        let scene = Scene.with { scene in
            for (index, yaw) in yaws.enumerated() {
                scene.add(
                    face: Double(index) * 200, 100, 60, 80, noseShift: yaw < 0 ? -0.1 : 0.1,
                    pose: FacePose(yaw: yaw, pitch: 0, roll: 0, source: .model))
            }
            scene.count(3, 3)
        }
        #expect(scene.sheet.texts.contains("head=turned_left") == isStated)
        #expect(!scene.sheet.texts.contains("head=straight"))
    }

    @Test func aGroupsExpressionIsTheMean() {
        func scene(_ scores: [Float]) -> Scene {
            Scene.with { scene in
                for (index, score) in scores.enumerated() {
                    scene.add(face: Double(index) * 200, 100, 60, 80, expression: ["happy": score])
                }
                scene.count(scores.count, scores.count)
            }
        }
        #expect(scene([1, 1, 0.1]).sheet.fact(.expression, "happy")?.confidence == 0.7)
        #expect(scene([1, 0.4, 0.1]).sheet.values(of: .expression).isEmpty)
    }

    @Test func aThirdOfAGroupStandingIsNoStandingGroup() {
        let scene = Scene.with { scene in
            for index in 0..<3 {
                var keypoints = Scene.standing
                if index > 0 {
                    keypoints[.leftKnee] = (1.3, 0.6)
                    keypoints[.rightKnee] = (-0.3, 0.6)
                }
                scene.add(body: Double(index) * 300, 100, 200, 600, keypoints: keypoints)
            }
            scene.count(3, 3)
        }
        #expect(!scene.sheet.texts.contains("pose=standing"))
    }

    @Test func keypointsWithoutScoresSayNothing() {
        let scene = Scene.with {
            $0.add(body: 400, 100, 200, 600, keypoints: Scene.standing, keypointScore: 0.2)
            $0.count(1, 1)
        }
        #expect(scene.sheet.values(of: .pose).isEmpty)
    }

    @Test(arguments: [
        "2024:05:01", "18:30:00", "2024:05:01 24:00:00", "2024:05:01 12:60:00", "2024:05:01 -1:00:00",
        "0000:00:00 00:00:00", "2024:05:01 ab:cd:ef", "2024:05:01 12:00", "", "    :  :     :  :  ",
    ])
    func timesThatAreNoneSayNothing(captured: String) {
        let scene = Scene.with { $0.analysis.captured = captured }
        #expect(scene.sheet.values(of: .time).isEmpty)
    }

    @Test func theSameAnalysisGivesTheSameSheet() {
        let scene = Scene.with { $0.addPerson() }
        #expect(scene.sheet == scene.sheet)
        #expect(scene.sheet.texts.first == "people=one", "most important key first: \(scene.sheet.texts)")
    }
}
