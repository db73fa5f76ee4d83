/// People that a detector found.
package struct FoundPeople: Sendable, Equatable {
    /// Largest first; of equal size from left to right.
    package let people: [Body]
    /// The highest score that fell short of a person, 0...1.
    package let doubt: Float

    package init(people: [Body], doubt: Float) {
        self.people = people.sorted {
            $0.box.area != $1.box.area ? $0.box.area > $1.box.area : $0.box.x < $1.box.x
        }
        self.doubt = doubt
    }
}
