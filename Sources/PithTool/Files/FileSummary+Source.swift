import PithFormat
import PithGraph

extension FileSummary.Tensor {
    /// The element type as people know it: the source's name for elements that are only carried.
    var typeName: String { foreign?.typeName ?? elementType.shortName }

    /// The shape in such elements.
    var elementShape: Shape { foreign?.shape ?? shape }
}
