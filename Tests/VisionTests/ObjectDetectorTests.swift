import Images
import ONNX
import Tensors
import Testing
import Vision

@Suite struct ObjectDetectorTests {
    private func detector(_ outputs: ObjectOutputs) throws -> ObjectDetector {
        let all = outputs.all
        return try ObjectDetector(name: "test", network: ObjectOutputs.network { _, _ throws(ModelError) in all })
    }

    @Test func namesAreThoseOfCOCO() {
        #expect(COCO.classes.count == 80)
        #expect(Set(COCO.classes).count == 80)
        #expect(COCO.classes[COCO.person] == "person")
        #expect(COCO.classes[67] == "cell phone")
        #expect(COCO.classes[79] == "toothbrush")
    }

    @Test func peopleAndThingsGoApart() throws {
        var outputs = ObjectOutputs()
        outputs.put("person", score: 0.8, x: 100, y: 150, width: 60, height: 200)
        outputs.put("cup", score: 0.7, x: 300, y: 300, width: 40, height: 50)
        outputs.put("dog", score: 0.9, x: 200, y: 320, width: 80, height: 50)
        // A photo twice as large as the input.
        let found = try detector(outputs).find(in: Image(width: 832, height: 832, colour: .white))
        #expect(found.people.people.count == 1)
        #expect(near(found.people.people[0].box, Box(x: 140, y: 100, width: 120, height: 400), 0.05))
        #expect(found.people.people[0].keypoints.isEmpty)
        #expect(found.objects.map(\.label) == ["dog", "cup"])
        #expect(near(found.objects[1].box, Box(x: 560, y: 550, width: 80, height: 100), 0.05))
    }

    @Test(arguments: [(Float(0.5), 1, 1), (0.49, 0, 0)])
    func thresholds(score: Float, people: Int, objects: Int) throws {
        var outputs = ObjectOutputs()
        outputs.put("person", score: score, x: 100, y: 150, width: 60, height: 200)
        outputs.put("cup", score: score, x: 300, y: 300, width: 40, height: 50)
        let found = try detector(outputs).find(in: Image(width: 416, height: 416, colour: .white))
        #expect((found.people.people.count, found.objects.count) == (people, objects))
        #expect(found.people.doubt == (people == 0 ? score : 0))
    }

    @Test func classesDoNotSuppressEachOther() throws {
        var outputs = ObjectOutputs()
        outputs.put("cup", score: 0.7, x: 300, y: 300, width: 40, height: 50)
        outputs.put("bottle", score: 0.8, x: 330, y: 300, width: 90, height: 50)
        outputs.put("cup", score: 0.6, x: 300, y: 330, width: 40, height: 100)
        let found = try detector(outputs).find(in: Image(width: 416, height: 416, colour: .white))
        #expect(found.objects.map(\.label) == ["bottle", "cup", "cup"])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func numbersThatAreNoneGiveNothing(value: Float) throws {
        for index in 0..<5 {
            var outputs = ObjectOutputs()
            outputs.put("person", score: 0.8, x: 100, y: 150, width: 60, height: 200)
            let cell = 52 * 52 + 26 * 26 + 4 * 13 + 3
            outputs.set(cell * 85 + index, value)
            let found = try detector(outputs).find(in: Image(width: 416, height: 416, colour: .white))
            #expect(found.people.people.count <= (index == 4 ? 1 : 0) && found.objects.isEmpty)
            #expect(found.people.people.allSatisfy { $0.score <= 1 })
        }
    }

    /// A person that only a quarter of the photo shows is placed in the whole photo.
    @Test(arguments: 0..<4)
    func smallPeopleAreFoundInQuarters(corner: Int) throws {
        var with = ObjectOutputs()
        with.put("person", score: 0.9, x: 208, y: 208, width: 52, height: 104)
        let (some, none) = (with.all, ObjectOutputs().all)
        let detector = try ObjectDetector(
            name: "test",
            network: ObjectOutputs.network { _, run throws(ModelError) in run == corner ? some : none })
        let found = try detector.findSmallPeople(in: Image(width: 2000, height: 2000, colour: .white))
        let body = try #require(found.people.first)
        #expect(found.people.count == 1)
        // Quarters are 1100 pixels wide, 900 apart; the person is in the middle of one, an eighth of it wide.
        let centre = body.box.centre
        #expect(near(centre.x, Double(corner % 2) * 900 + 550, 1) && near(centre.y, Double(corner / 2) * 900 + 550, 1))
        #expect(near(body.box.width, 137.5, 1))
    }
}

@Suite struct PeopleDetectorTests {
    private static let side = PeopleDetector.rule.width

    private func detector(_ outputs: ObjectOutputs...) throws -> PeopleDetector {
        let runs = outputs.map(\.all)
        return try PeopleDetector(
            name: "test",
            network: ObjectOutputs.network(side: Self.side, shapes: PeopleDetector.outputShapes) {
                _, run throws(ModelError) in runs[min(run, runs.count - 1)]
            })
    }

    private func outputs(score: Float, x: Float = 96) -> ObjectOutputs {
        var outputs = ObjectOutputs(side: Self.side, labels: ["person"])
        outputs.put("person", score: score, x: x, y: 96, width: 24, height: 48)
        return outputs
    }

    @Test(arguments: [(Float(0.5), true), (0.49, false)])
    func peopleCountFromTheThreshold(score: Float, counts: Bool) throws {
        // A photo twice as large as the input.
        let photo = Image(width: 2 * Self.side, height: 2 * Self.side, colour: .white)
        let found = try detector(outputs(score: score)).people(in: photo, part: nil)
        #expect(found.people.count == (counts ? 1 : 0) && found.doubt == (counts ? 0 : score))
        if counts { #expect(near(found.people[0].box, Box(x: 168, y: 144, width: 48, height: 96), 0.05)) }
    }

    @Test func onePersonIsFoundOnce() throws {
        var two = outputs(score: 0.9)
        two.put("person", score: 0.8, x: 130, y: 96, width: 84, height: 48)
        two.put("person", score: 0.7, x: 94, y: 94, width: 25, height: 47)
        let photo = Image(width: Self.side, height: Self.side, colour: .white)
        let found = try detector(two).people(in: photo, part: nil)
        #expect(found.people.map(\.score) == [0.8, 0.9], "largest first")
    }

    @Test func smallPeopleAreFoundInQuarters() throws {
        let none = ObjectOutputs(side: Self.side, labels: ["person"])
        let found = try detector(none, none, none, outputs(score: 0.9))
            .findSmallPeople(in: Image(width: 2000, height: 2000, colour: .white))
        #expect(found.people.count == 1)
        #expect(near(found.people[0].box.centre.x, 1450, 1) && near(found.people[0].box.width, 137.5, 1))
    }

    @Test func numbersThatAreNoneGiveNothing() throws {
        for value in [Float.nan, .infinity] {
            for index in 0..<6 {
                var outputs = outputs(score: 0.8)
                outputs.set((24 * 24 + 12 * 12 + 3 * 6 + 3) * 6 + index, value)
                let photo = Image(width: Self.side, height: Self.side, colour: .white)
                let found = try detector(outputs).people(in: photo, part: nil)
                #expect(found.people.allSatisfy { $0.score <= 1 && $0.box.width.isFinite })
            }
        }
    }
}
