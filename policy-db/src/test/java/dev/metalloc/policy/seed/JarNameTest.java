// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JarNameTest {

    @ParameterizedTest
    @CsvSource({
        "lwjgl-3.4.3-natives-linux.jar, lwjgl, 3.4.3",
        "lwjgl-3.4.3-natives-linux-arm64.jar, lwjgl, 3.4.3",
        "netty-tcnative-boringssl-static-2.0.61.Final-linux-x86_64.jar, netty-tcnative-boringssl-static, 2.0.61.Final",
        "netty-resolver-4.2.1.Final-osx-aarch_64.jar, netty-resolver, 4.2.1.Final",
        "netty-tcnative-2.0.61.Final-windows-x86_64.jar, netty-tcnative, 2.0.61.Final",
        "h2-2.2.224-sources.jar, h2, 2.2.224",
        "h2-2.2.224-javadoc.jar, h2, 2.2.224",
        "hbase-common-2.6.0-tests.jar, hbase-common, 2.6.0",
        "json-lib-2.4-jdk15.jar, json-lib, 2.4",
        "agrona-2.7.0-SNAPSHOT.jar, agrona, 2.7.0-SNAPSHOT",
        "guava-33.0.0-jre.jar, guava, 33.0.0-jre",
        "lib-1.0-beta-2.jar, lib, 1.0-beta-2",
    })
    void shouldTellTheVersionFromTheClassifier(String fileName, String artifactId, String version) {
        assertEquals(Optional.of(new JarName(artifactId, version)), JarName.of(fileName));
    }

    @Test
    void shouldKnowNoVersionWhereTheNameHasNone() {
        assertEquals(Optional.of(new JarName("lwjgl-natives-linux", "")), JarName.of("lwjgl-natives-linux.jar"));
        assertEquals(Optional.empty(), JarName.of("notes.txt"));
    }
}
