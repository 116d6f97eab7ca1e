// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The measured figures by name. Immutable. */
final class CostTable {

    static final String ERROR = ".error";

    private static final String RESOURCE = "cost-model.properties";
    // A figure less sure than to a half was taken while something else was running.
    private static final double SURE_RATIO = 0.5;

    private final Map<String, Double> numbers = new HashMap<>();
    private final Map<String, CostCurve> curves = new HashMap<>();

    CostTable(Properties properties) {
        for (String name : properties.stringPropertyNames()) {
            String value = properties.getProperty(name).trim();
            try {
                if (value.contains(":")) {
                    curves.put(name, CostCurve.parse(value));
                } else {
                    numbers.put(name, Double.valueOf(value));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("cost model: " + name + ": " + e.getMessage(), e);
            }
        }
    }

    /** The figures shipped with this version. */
    static CostTable shipped() {
        try (InputStream in = CostTable.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "cost model: " + RESOURCE + " is missing from the jar (install it again)");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cost model: cannot read " + RESOURCE, e);
        }
    }

    /** This table with what was calibrated in place of its own figures, as far as that is sure enough to be better. */
    CostTable overlaidWith(CostTable calibrated) {
        CostTable overlaid = new CostTable(new Properties());
        overlaid.numbers.putAll(numbers);
        overlaid.curves.putAll(curves);
        overlaid.curves.putAll(calibrated.curves);
        calibrated.numbers.forEach((name, number) -> {
            if (number >= calibrated.number(name + ERROR, 0) / SURE_RATIO) {
                overlaid.numbers.put(name, number);
            }
        });
        return overlaid;
    }

    /** The names of numbers that have an error beside them. */
    List<String> namesWithErrors() {
        return numbers.keySet().stream()
                .filter(name -> numbers.containsKey(name + ERROR))
                .sorted()
                .toList();
    }

    static CostTable read(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        return new CostTable(properties);
    }

    boolean has(String name) {
        return numbers.containsKey(name) || curves.containsKey(name);
    }

    double number(String name) {
        Double number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException("cost model: " + name + " is missing (add a number)");
        }
        return number;
    }

    double number(String name, double defaultValue) {
        return numbers.getOrDefault(name, defaultValue);
    }

    CostCurve curve(String name) {
        CostCurve curve = curves.get(name);
        if (curve == null) {
            throw new IllegalArgumentException("cost model: " + name + " is missing (add byteSize:nanos points)");
        }
        return curve;
    }
}
