import CPithKernels
import PithGraph

extension PackedMatrix {
    /// A matrix of bytes with zero points and scales, for `MatMulInteger` by bytes that are made of floats, and what scales
    /// its sums: for each column its scale, its sum and its zero point, then the bytes.
    ///
    /// - Parameters:
    ///   - matrix: K × N, int8 or uint8.
    ///   - zeros: One, or one for each column; nil for 0.
    ///   - scales: One, or one for each column.
    /// - Returns: nil for other types and counts.
    package init?(bytes matrix: Tensor, zeros: Tensor?, scales: Tensor) {
        let type = matrix.elementType
        guard type == .int8 || type == .uint8, matrix.shape.rank == 2, matrix.count > 0, scales.elementType == .float32,
            zeros?.elementType ?? type == type
        else { return nil }
        let (k, n) = (matrix.shape[0], matrix.shape[1])
        guard scales.count == 1 || scales.count == n, zeros.map({ $0.count == 1 || $0.count == n }) ?? true
        else { return nil }
        let factors = scales.floats
        // Numbers without a sign and their zero points become less by 128.
        let numbers = Self.signed(matrix)
        let points = zeros.map(Self.signed) ?? [type == .int8 ? 0 : -128]
        let width = Self.paddedColumns(n)
        let head = 3 * width * MemoryLayout<Float>.stride
        var bytes = Tensor(.uint8, [head + pith_integers_pack_size(k, n)])
        unsafe bytes.withMutableBytePointer { target in
            let columns = unsafe target.assumingMemoryBound(to: Float.self)
            let integers = unsafe (target + width * MemoryLayout<Float>.stride).assumingMemoryBound(to: Int32.self)
            for column in 0..<n {
                unsafe columns[column] = factors[factors.count == 1 ? 0 : column]
                unsafe integers[width + column] = Int32(points[points.count == 1 ? 0 : column])
            }
            unsafe pith_integers_pack(
                (target + head).assumingMemoryBound(to: Int8.self), integers, numbers, k, n, n, 1)
        }
        self.init(k: k, n: n, .bytes, bytes)
    }

    private static func signed(_ tensor: Tensor) -> [Int8] {
        let turns: UInt8 = tensor.elementType == .int8 ? 0 : 0x80
        return tensor.bytes.map { Int8(bitPattern: $0 ^ turns) }
    }
}
