// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AccessesUnderWayTest {

    private static final String ACCESS = "jdk.internal.misc.ScopedMemoryAccess";

    private static StackTraceElement[] stack(String type, String method) {
        return new StackTraceElement[] {
            new StackTraceElement("jdk.internal.util.ArraysSupport", "vectorizedMismatch", null, -1),
            new StackTraceElement(type, method, null, -1),
            new StackTraceElement("a.B", "c", null, -1)
        };
    }

    @Test
    void shouldKnowAccessesWithALoopOfTheirOwn() {
        assertTrue(AccessesUnderWay.isInLoop(stack(ACCESS, "vectorizedMismatchInternal")));
        assertTrue(AccessesUnderWay.isInLoop(stack(ACCESS, "loadFromMemorySegmentScopedInternal")));
        assertTrue(AccessesUnderWay.isInLoop(stack(ACCESS, "storeIntoMemorySegmentMasked")));
        assertFalse(AccessesUnderWay.isInLoop(stack(ACCESS, "getIntInternal")));
        assertFalse(AccessesUnderWay.isInLoop(stack(ACCESS, "copyMemoryInternal")));
        assertFalse(AccessesUnderWay.isInLoop(stack("a.B", "vectorizedMismatchInternal")));
    }

    /** The names are the JDK's own. */
    @Test
    void shouldNameMethodsThatThereAre() throws ReflectiveOperationException {
        long count = Arrays.stream(Class.forName(ACCESS).getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> AccessesUnderWay.isInLoop(stack(ACCESS, name)))
                .map(name -> name.substring(0, 4))
                .distinct()
                .count();
        assertEquals(3, count);
    }
}
