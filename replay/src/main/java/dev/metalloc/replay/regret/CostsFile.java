// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.cost.CostModel;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Costs as a command line names them. */
final class CostsFile {

    private CostsFile() {}

    /** Calibrated ones, or those that are shipped where the name is empty. */
    static CostModel read(String file) throws IOException {
        if (file.isEmpty()) {
            return CostModel.shipped();
        }
        try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
            return CostModel.calibrated(reader);
        }
    }
}
