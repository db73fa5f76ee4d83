import Vision

/// Measures carry four decimals, which is more than any of them means.
private func measure(_ value: Float?) -> JSON { .optional(value) { .decimal($0, places: 4) } }

extension Measures.Lighting {
    var json: JSON {
        [
            "brightness": measure(brightness), "contrast": measure(contrast), "shadows": measure(shadows),
            "highlights": measure(highlights), "face": measure(face), "subject": measure(subject),
            "backlight": measure(backlight),
        ]
    }
}

extension Measures.Colour {
    var json: JSON {
        [
            "saturation": measure(saturation), "vividness": measure(vividness), "warmth": measure(warmth),
            "greenness": measure(greenness), "warm_share": measure(warmShare), "cool_share": measure(coolShare),
            "green_share": measure(greenShare), "lit_share": measure(litShare),
        ]
    }
}

extension Measures.Quality {
    var json: JSON {
        [
            "sharpness": measure(sharpness), "sharpness_across": measure(sharpnessAcross),
            "sharpness_down": measure(sharpnessDown), "face_sharpness": measure(faceSharpness),
            "noise": measure(noise), "grain": measure(grain), "megapixels": measure(megapixels),
        ]
    }
}

extension Measures.Background {
    var json: JSON {
        [
            "busyness": measure(busyness), "detail": measure(detail), "sharpness": measure(sharpness),
            "subject_sharpness": measure(subjectSharpness), "share": measure(share),
        ]
    }
}

extension Measures.Scenery {
    var json: JSON {
        ["foliage": measure(foliage), "sky_above": measure(skyAbove), "sky_below": measure(skyBelow)]
    }
}

extension Measures.Composition {
    var json: JSON {
        [
            "people": .optional(people) { people in
                [
                    "count": .integer(people.count), "at_least": .integer(people.atLeast),
                    "at_most": .integer(people.atMost), "doubt": measure(people.doubt),
                ]
            },
            "main_face": .optional(mainFace) { .integer($0) }, "face_height": measure(faceHeight),
            "face_x": measure(faceX), "face_y": measure(faceY), "tilt": measure(tilt),
        ]
    }
}
