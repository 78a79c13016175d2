package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatNameTest {

  @Test
  void theNameOfTheQueryIsTaken() {
    assertEquals("Ada", ChatName.of("name=Ada", "guest1"));
    assertEquals("Ada", ChatName.of("room=1&name=Ada&name=Grace", "guest1"));
    assertEquals("Zoë", ChatName.of("name=Zo%C3%AB", "guest1"));
  }

  @Test
  void withoutOneThereIsAnother() {
    assertEquals("guest1", ChatName.of(null, "guest1"));
    assertEquals("guest1", ChatName.of("", "guest1"));
    assertEquals("guest1", ChatName.of("surname=Ada", "guest1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "%zz", "a%20b", "*", "a%3A", "a%0Ab", "%F0%9F", "aaaaaaaaaaaaaaaaaaaaaaaaa"})
  void whatCouldBeTakenForALineIsNoName(String name) {
    assertEquals("guest1", ChatName.of("name=" + name, "guest1"));
  }
}
