// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Archetypes.Archetype;
import dev.metalloc.classifier.cost.CostModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Every archetype gets what is right for it; prints the table. */
class ArchetypeTableTest {

    @Test
    void shouldChooseWhatIsRightForEach() {
        List<String> wrong = new ArrayList<>();
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, "%n%-34s %-28s %-28s %s%n", "archetype", "expected", "chosen", "because"));
        for (Archetype archetype : Archetypes.all()) {
            List<String> chosen = chosen(archetype);
            boolean right = isRight(archetype.expected(), chosen);
            String row = String.format(
                    Locale.ROOT,
                    "%-34s %-28s %-28s %s",
                    archetype.name(),
                    String.join(", ", archetype.expected()),
                    String.join(", ", chosen) + (right ? "" : " (WRONG)"),
                    archetype.why());
            table.append(row).append('\n');
            if (!right) {
                wrong.add(row);
            }
        }
        System.out.println(table);
        assertTrue(
                Archetypes.all().size() >= 30, "archetypes: " + Archetypes.all().size());
        assertEquals(List.of(), wrong);
    }

    private static List<String> chosen(Archetype archetype) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(archetype.profile()).verdicts().stream()
                        .map(Verdict::allocator)
                        .toList();
    }

    private static boolean isRight(List<String> expected, List<String> chosen) {
        boolean right = expected.size() == chosen.size();
        for (int i = 0; right && i < chosen.size(); i++) {
            right = Arrays.asList(expected.get(i).split("\\|", -1)).contains(chosen.get(i));
        }
        return right;
    }
}
