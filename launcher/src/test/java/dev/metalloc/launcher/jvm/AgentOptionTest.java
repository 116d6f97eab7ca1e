// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentOptionTest {

    @Test
    void shouldJoinKeysAndValuesByCommas() {
        AgentOption option = new AgentOption(Path.of("/a.jar"), "profile")
                .with("out", Path.of("/tmp/x.mprof"))
                .with("app", "com.example:cache");
        assertEquals("-javaagent:/a.jar=profile,out=/tmp/x.mprof,app=com.example:cache", option.toString());
    }

    @Test
    void shouldEncodeWhatWouldEndAValueOrAnOption() {
        assertEquals("a%2Cb%25c%20d%0Ae%22%27", AgentOption.encoded("a,b%c d\ne\"'"));
        assertEquals("%C3%BC", AgentOption.encoded("ü"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "with blank", "100%,ä€😀\t'\"", "/a/b-c_d.e~f=g;h&i"})
    void shouldDecodeToTheSame(String value) {
        // A plus is a blank to this decoder alone.
        assertEquals(value, URLDecoder.decode(AgentOption.encoded(value).replace("+", "%2B"), StandardCharsets.UTF_8));
    }
}
