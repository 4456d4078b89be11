#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Removes the unfinished files that trainings ended by kill -9 left beside a checkpoint: `NAME.PROCESS-N.tmp`, of
/// processes that are no more.
func removeLeftovers(beside path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "./"
    let prefix = (parts.last ?? "") + "."
    for name in (try? entries(of: folder)) ?? [] where name.hasPrefix(prefix) && name.hasSuffix(".tmp") {
        let numbers = name.dropFirst(prefix.count).dropLast(".tmp".count).split(separator: "-")
        guard numbers.count == 2, let process = pid_t(numbers[0]), process > 0, Int(numbers[1]) != nil,
            kill(process, 0) != 0, errno == ESRCH
        else { continue }
        _ = unsafe unlink(folder + name)
    }
}
