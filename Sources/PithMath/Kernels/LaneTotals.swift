import CPithKernels

/// Sums that are sixteen (`spec/ARITHMETIC.md`, "Sums"), added up from +0 in ascending order.
enum LaneTotals {
    /// Of the elements of rows.
    static func sum(_ x: UnsafePointer<Float>, _ rows: pith_rows, _ isa: Int32) -> Float {
        unsafe total { lanes in
            var rows = rows
            unsafe pith_lane_sums_f32(isa, lanes, x, &rows)
        }
    }

    /// Of the products of the elements of rows, each less a number.
    static func products(
        _ a: UnsafePointer<Float>, less shiftA: Float, _ b: UnsafePointer<Float>, less shiftB: Float,
        _ rows: pith_rows, _ isa: Int32
    ) -> Float {
        unsafe total { lanes in
            var rows = rows
            unsafe pith_lane_products_f32(isa, lanes, a, shiftA, b, shiftB, &rows)
        }
    }

    private static func total(_ add: (UnsafeMutablePointer<Float>) -> Void) -> Float {
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(PITH_PANEL_WIDTH)) { lanes in
            unsafe lanes.initialize(repeating: 0)
            guard let start = lanes.baseAddress else { return 0 }
            unsafe add(start)
            return unsafe lanes.reduce(0, +)
        }
    }
}
