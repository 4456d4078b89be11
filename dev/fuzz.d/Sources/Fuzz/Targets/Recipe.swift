import PithTraining

extension FuzzTarget {
    /// Recipes of compressed trainings. What is accepted reads back as the same from its own text, as a checkpoint keeps it.
    static let recipe = FuzzTarget(
        name: "recipe",
        seeds: {
            let texts = [
                """
                # A comment.
                model: mlp
                teacher: teacher.pith
                temperature: 2   # for all
                teacher-share: 0.75
                augment: shift=1.5,rotate=8,scale=0.1,elastic=2

                stage: dense
                epochs: 3
                batch: 8
                lr: 0.02
                schedule: warm-up:200+step:1000:0.5

                stage: prune
                units: fc1=20 fc2=12
                nonzeros: 900
                criterion: magnitude
                prune-every: 3
                regrow-until: 0.5
                l1: 1e-4

                stage: palette
                optimizer: adamw
                weight-decay: 0.01
                pruned-by: 0.1
                palette: weights=4 biases=8 fc3.weight=6
                palette-from: 0.2
                palette-fixed-by: 0.7
                """,
                "model: cnn\r\nstage: only\r\nema: 0.99\r\nlabel-smoothing: 0.1\r\nclip: 5\r\ninit: kaiming\r\nshards: 2",
            ]
            return texts.map { Array($0.utf8) }
        },
        run: { bytes in
            guard let recipe = try? CompressionRecipe(text: String(decoding: bytes, as: UTF8.self)) else { return }
            guard (try? CompressionRecipe(text: recipe.text)) == recipe else {
                finding("a recipe is not its own text's")
            }
            for stage in recipe.stages {
                guard let settings = stage.settings.compression else { continue }
                guard (try? CompressionSettings(text: settings.text)) == settings else {
                    finding("settings do not read back from \(settings.text)")
                }
            }
        })
}
