"""How duty staff are reached without WeChat: a group's robot, and a gateway for their telephones."""
