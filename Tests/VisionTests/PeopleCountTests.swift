import Testing
import Vision

@Suite struct PeopleCountTests {
    private func count(_ faces: [Face], _ bodies: [Body]) -> PeopleCount {
        PeopleCount(faces: faces, bodies: bodies, doubt: 0.25)
    }

    @Test func nobody() {
        #expect(count([], []) == PeopleCount(count: 0, atLeast: 0, atMost: 0, doubt: 0.25))
    }

    @Test func aFaceInABodyIsOnePerson() {
        let people = count([face(40, 10, 20, 20)], [body(20, 0, 60, 200)])
        #expect((people.count, people.atLeast, people.atMost) == (1, 1, 1))
    }

    @Test func aFaceWithoutABodyIsAPersonToo() {
        let people = count([face(140, 10, 20, 20)], [body(20, 0, 60, 200)])
        #expect((people.count, people.atLeast, people.atMost) == (2, 2, 2))
    }

    @Test func aFaceAtTheFeetIsSomeoneElses() {
        #expect(PeopleCount.owners(of: [face(40, 170, 20, 20)], among: [body(20, 0, 60, 200)]) == [nil])
    }

    @Test func noBodyHasTwoFaces() {
        let owners = PeopleCount.owners(
            of: [face(30, 10, 20, 20), face(50, 10, 25, 25)], among: [body(20, 0, 60, 200)])
        #expect(owners == [nil, 0])
    }

    @Test func theSmallerBodyThatFitsTakesTheFace() {
        let bodies = [body(0, 0, 300, 300), body(20, 0, 60, 200)]
        #expect(PeopleCount.owners(of: [face(40, 10, 20, 20)], among: bodies) == [1])
    }

    /// A weak body counts among those found, not among those beyond doubt, unless it has a face.
    @Test(arguments: [(Float(0.74), 0, 1), (0.75, 1, 1), (0.5, 0, 1)])
    func weakBodies(score: Float, atLeast: Int, atMost: Int) {
        let alone = count([], [body(20, 0, 60, 200, score: score)])
        #expect((alone.atLeast, alone.atMost) == (atLeast, atMost))
        let withFace = count([face(40, 10, 20, 20)], [body(20, 0, 60, 200, score: score)])
        #expect((withFace.atLeast, withFace.atMost) == (1, 1))
    }

    @Test(arguments: [(Float(0.69), 0, 1), (0.7, 1, 1)])
    func weakFaces(score: Float, atLeast: Int, atMost: Int) {
        let people = count([face(40, 10, 20, 20, score: score)], [])
        #expect((people.count, people.atLeast, people.atMost) == (atLeast, atLeast, atMost))
    }
}
