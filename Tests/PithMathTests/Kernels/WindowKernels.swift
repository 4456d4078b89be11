import CPithKernels

/// One window over one image.
struct WindowCase {
    var channels = 1, height = 1, width = 1
    var kernelH = 1, kernelW = 1, strideH = 1, strideW = 1, dilationH = 1, dilationW = 1
    var padTop = 0, padLeft = 0
    var outH = 1, outW = 1

    init(values: inout Values, mostChannels: Int, large: Bool) {
        channels = values.int(1...mostChannels)
        height = values.int(1...(large ? 40 : 9))
        width = values.int(1...(large ? 40 : 9))
        kernelH = values.int(1...(large ? 5 : 4))
        kernelW = values.int(1...(large ? 5 : 4))
        if values.int(0...2) == 0 { (strideH, strideW) = (values.int(1...3), values.int(1...4)) }
        if values.int(0...3) == 0 { (dilationH, dilationW) = (values.int(1...3), values.int(1...3)) }
        if values.int(0...1) == 0 { (padTop, padLeft) = (values.int(-1...3), values.int(-1...3)) }
        // Not only sizes that follow from the others: windows may also lie outside on the right and below.
        outH = max(1, (height + 2 * padTop - (kernelH - 1) * dilationH - 1) / strideH + 1 + values.int(0...1))
        outW = max(1, (width + 2 * padLeft - (kernelW - 1) * dilationW - 1) / strideW + 1 + values.int(0...1))
    }

    /// The flat index in a plane of a window's cell, or nil where it is outside.
    private func cell(_ oy: Int, _ ox: Int, _ ky: Int, _ kx: Int) -> Int? {
        let y = oy * strideH - padTop + ky * dilationH
        let x = ox * strideW - padLeft + kx * dilationW
        return (0..<height).contains(y) && (0..<width).contains(x) ? y * width + x : nil
    }

    static func firstDifferenceOfPooling(isa: Int32) -> String? {
        var values = Values(seed: 7)
        for round in 0..<900 {
            var window = WindowCase(values: &values, mostChannels: 1, large: round % 2 == 0)
            if round % 5 == 0 { (window.strideH, window.strideW) = (2, 2) }
            // Few different values, so that maxima tie and zeros of both signs meet.
            let few: [Float] = [0, -0.0, -1, -.infinity, 1, round % 4 == 0 ? .nan : 0, Float(bitPattern: 0xFFC0_0001)]
            let count = round % 4 == 0 ? 7 : 6
            let plane = (0..<window.height * window.width).map { _ in
                round % 3 == 0 ? values.float(.special) : few[values.int(0...count - 1)]
            }
            let (expected, expectedIndices) = window.maxima(of: plane)
            var y = [Float](repeating: untouched, count: expected.count + 1), withoutIndices = y
            var indices = [Int32](repeating: -7, count: expected.count + 1)
            unsafe pith_maxpool_f32(
                isa, &y, &indices, plane, window.height, window.width, window.kernelH, window.kernelW, window.strideH,
                window.strideW, window.dilationH, window.dilationW, window.padTop, window.padLeft, window.outH,
                window.outW)
            unsafe pith_maxpool_f32(
                isa, &withoutIndices, nil, plane, window.height, window.width, window.kernelH, window.kernelW,
                window.strideH, window.strideW, window.dilationH, window.dilationW, window.padTop, window.padLeft,
                window.outH, window.outW)
            if let difference = difference(y, expected + [untouched]) { return "\(window): \(difference)" }
            if let difference = difference(withoutIndices, y) { return "\(window) without indices: \(difference)" }
            if indices != expectedIndices + [-7] { return "\(window): \(indices), expected \(expectedIndices)" }
        }
        return nil
    }

    private func maxima(of plane: [Float]) -> ([Float], [Int32]) {
        var maxima: [Float] = [], indices: [Int32] = []
        for oy in 0..<outH {
            for ox in 0..<outW {
                let cells = (0..<kernelH).flatMap { ky in (0..<kernelW).compactMap { cell(oy, ox, ky, $0) } }
                let winner =
                    cells.first { plane[$0].isNaN } ?? cells.first { i in cells.allSatisfy { plane[$0] <= plane[i] } }
                maxima.append(winner.map { canonical(plane[$0]) } ?? -.infinity)
                indices.append(Int32(winner ?? -1))
            }
        }
        return (maxima, indices)
    }

    static func firstDifferenceOfAverages(isa: Int32) -> String? {
        var values = Values(seed: 8)
        for round in 0..<600 {
            var window = WindowCase(values: &values, mostChannels: 1, large: round % 2 == 0)
            if round % 5 == 0 { (window.strideH, window.strideW) = (2, 2) }
            let (bottom, right) = (values.int(0...3), values.int(0...3))
            window.padTop = max(window.padTop, 0)
            window.padLeft = max(window.padLeft, 0)
            let plane = values.floats(window.height * window.width, round % 3 == 0 ? .special : .ordinary)
            for countsPadding in [false, true] {
                let expected = window.averages(of: plane, padded: countsPadding ? (bottom, right) : nil)
                var y = [Float](repeating: untouched, count: expected.count + 1)
                unsafe pith_avgpool_f32(
                    isa, &y, plane, 1, 0, window.height, window.width, window.kernelH, window.kernelW, window.strideH,
                    window.strideW, window.dilationH, window.dilationW, window.padTop, window.padLeft, bottom, right,
                    window.outH, window.outW, countsPadding ? 1 : 0)
                if let difference = difference(y, expected + [untouched]) {
                    return "\(window), \(bottom), \(right), \(countsPadding): \(difference)"
                }
            }
        }
        return nil
    }

    /// - Parameter padded: Rows and columns of padding after the plane, where positions in the padding count.
    private func averages(of plane: [Float], padded: (bottom: Int, right: Int)?) -> [Float] {
        var averages: [Float] = []
        for oy in 0..<outH {
            for ox in 0..<outW {
                let cells = (0..<kernelH).flatMap { ky in (0..<kernelW).compactMap { cell(oy, ox, ky, $0) } }
                var count = cells.count
                if let (bottom, right) = padded {
                    let rows = (0..<kernelH).filter { oy * strideH - padTop + $0 * dilationH < height + bottom }
                    let columns = (0..<kernelW).filter { ox * strideW - padLeft + $0 * dilationW < width + right }
                    count = rows.count * columns.count
                }
                averages.append(canonical(cells.reduce(0) { $0 + plane[$1] } / Float(count)))
            }
        }
        return averages
    }
}
