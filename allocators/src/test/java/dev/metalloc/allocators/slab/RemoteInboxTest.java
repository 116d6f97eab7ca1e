// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RemoteInboxTest {

    private final RemoteInbox inbox = new RemoteInbox();
    private final RemoteFreeBatches home = new RemoteFreeBatches();

    @Test
    void shouldGiveOutWhatWasPutInOnce() {
        assertFalse(inbox.mayHaveAny());
        RemoteFreeBatch first = new RemoteFreeBatch(home);
        RemoteFreeBatch second = new RemoteFreeBatch(home);
        inbox.put(first);
        inbox.put(second);
        assertTrue(inbox.mayHaveAny());
        inbox.beginTaking();
        assertSame(second, inbox.takeBatches());
        assertSame(first, second.next);
        assertNull(first.next);
        assertNull(inbox.takeBatches());
        assertNull(inbox.takeSlabs());
        assertFalse(inbox.mayHaveAny());
    }

    @Test
    void shouldKnowOfWhatWasPutInWhileItWasTakenOut() {
        inbox.put(new RemoteFreeBatch(home));
        inbox.beginTaking();
        inbox.takeBatches();
        RemoteFreeBatch late = new RemoteFreeBatch(home);
        inbox.put(late);
        assertTrue(inbox.mayHaveAny());
        assertSame(late, inbox.takeBatches());
    }
}
